/**
 * The chosen picture is shown in a dialog, where it is moved and enlarged until the square fits; what
 * is sent is this square alone. Without this script the server crops the file.
 */

const form = document.getElementById('picture');
const file = document.getElementById('file');
const dialog = document.getElementById('crop');
const canvas = dialog.querySelector('canvas');
const zoom = dialog.querySelector('input');
const paper = canvas.getContext('2d');
const minSide = Number(dialog.dataset.minSide);
/** The server keeps no larger picture, but reduces a larger one better than a canvas. */
const maxSide = 1024;
const maxZoom = 4;

let bitmap;
/** Centre of the square, in pixels of the picture. */
let centre;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const sideOf = () => Math.min(bitmap.width, bitmap.height) / Number(zoom.value);

/** The square lies within the picture. */
function place(x, y) {
  const half = sideOf() / 2;
  centre = [clamp(x, half, bitmap.width - half), clamp(y, half, bitmap.height - half)];
  draw(canvas, paper);
}

function draw({ width }, target) {
  const side = sideOf();
  const [x, y] = centre;
  // Transparency becomes white, as on the server.
  target.fillStyle = '#ffffff';
  target.fillRect(0, 0, width, width);
  target.imageSmoothingQuality = 'high';
  target.drawImage(bitmap, x - side / 2, y - side / 2, side, side, 0, 0, width, width);
}

function move(x, y) {
  place(centre[0] + x, centre[1] + y);
}

/** An arrow key moves the picture, and so the square the other way, by a twentieth of its side. */
const arrows = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

canvas.addEventListener('keydown', (event) => {
  const arrow = arrows[event.key];
  if (!arrow) return;
  event.preventDefault();
  const step = sideOf() / 20;
  move(arrow[0] * step, arrow[1] * step);
});

canvas.addEventListener('pointerdown', ({ pointerId }) => canvas.setPointerCapture(pointerId));
canvas.addEventListener('pointermove', ({ pointerId, movementX, movementY }) => {
  if (!canvas.hasPointerCapture(pointerId)) return;
  const scale = sideOf() / canvas.clientWidth;
  move(-movementX * scale, -movementY * scale);
});

zoom.addEventListener('input', () => place(...centre));

async function offerCrop(chosen) {
  // What the browser cannot decode is sent as it is; the server says what is wrong with it.
  bitmap = await createImageBitmap(chosen).catch(() => undefined);
  const side = bitmap ? Math.min(bitmap.width, bitmap.height) : 0;
  if (side < minSide) {
    form.submit();
    return;
  }
  zoom.max = String(Math.min(maxZoom, side / minSide));
  zoom.value = '1';
  zoom.parentElement.hidden = Number(zoom.max) <= 1;
  place(bitmap.width / 2, bitmap.height / 2);
  dialog.showModal();
}

file.addEventListener('change', () => {
  const [chosen] = file.files;
  // forms.js says that a file is too large.
  if (chosen && chosen.size <= Number(file.dataset.maxBytes)) void offerCrop(chosen);
});

/** Replaces the chosen file by the square, and sends the form as without script. */
form.addEventListener('submit', (event) => {
  if (!dialog.open) return;
  event.preventDefault();
  const side = Math.round(Math.min(sideOf(), maxSide));
  const square = Object.assign(document.createElement('canvas'), { width: side, height: side });
  draw(square, square.getContext('2d'));
  square.toBlob(
    (blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], 'picture.jpg', { type: blob.type }));
      file.files = files.files;
      form.submit();
    },
    'image/jpeg',
    0.92,
  );
});

/** The same file can be chosen again. */
dialog.addEventListener('close', () => (file.value = ''));
dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
dialog.querySelector('.choice').prepend(document.getElementById('upload'));
