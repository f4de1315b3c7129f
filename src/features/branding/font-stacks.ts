// The fonts of the pages, by the names that BRANDING accepts: Inter, which is served from our origin, and
// fonts that operating systems include. None is loaded from elsewhere, so no other server learns of a sign-in.
import type { FontName } from '#config/kinds/branding.ts';

export interface FontStack {
  readonly text: string;
  readonly title: string;
}

const system =
  "-apple-system,'Segoe UI Variable Text','Segoe UI',system-ui,Roboto,'Noto Sans',sans-serif";
/** As in public/styles/pages/type.css, which defines the first three: Inter, and what it is drawn in until it is loaded. */
const inter = `Inter,'Inter Arial','Inter DejaVu',${system}`;
const classic = "'Iowan Old Style','Palatino Linotype','URW Palladio L','Noto Serif',Georgia,serif";
const humanist = "Seravek,'Gill Sans Nova',Ubuntu,Calibri,'DejaVu Sans','Noto Sans',sans-serif";
const geometric = "Avenir,Montserrat,Corbel,'URW Gothic','Noto Sans',sans-serif";
const rounded =
  "ui-rounded,'Hiragino Maru Gothic ProN',Quicksand,Comfortaa,Manjari,'Arial Rounded MT Bold','Noto Sans',sans-serif";
const serif = "Charter,'Bitstream Charter','Sitka Text',Cambria,'Noto Serif',Georgia,serif";

export const standardFont: FontName = 'inter';

export const fontStacks: Readonly<Record<FontName, FontStack>> = {
  inter: { text: inter, title: inter },
  classic: { text: system, title: classic },
  system: { text: system, title: system },
  humanist: { text: humanist, title: humanist },
  geometric: { text: geometric, title: geometric },
  rounded: { text: rounded, title: rounded },
  serif: { text: serif, title: serif },
};
