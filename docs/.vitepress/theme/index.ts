// The default theme with the colors and the logo of the hosted pages.
import { h } from 'vue';
import DefaultTheme from 'vitepress/theme';
import type { Theme } from 'vitepress';
import darkLogo from '../../images/logo-dark.svg';
import lightLogo from '../../images/logo-light.svg';
import './style.css';

const logo = (scheme: 'light' | 'dark', src: string) =>
  h('img', { class: `logo in-${scheme}`, src, alt: 'Ostiary', width: 114, height: 24 });

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'nav-bar-title-before': () => [logo('light', lightLogo), logo('dark', darkLogo)],
    }),
} satisfies Theme;
