/* Shapes: from the photograph to the sheet laid flat and back. Points and boxes are fractions (0 to 1), boxes [x, y, width, height];
   corners are those of the sheet in the photograph, clockwise from its own top left; null corners: the whole photograph is shown. */

export const WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]];
const AROUND = 0.06;
// what is smaller the server does not take
const LEAST = 0.003;
// of a box that a hand draws
const SMALLEST = 0.02;

/* The projection of the unit square onto four corners, nine numbers (Heckbert 1989). */
function projection([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const [dx1, dx2, dx3] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, dy3] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const area = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / area;
  const h = (dx1 * dy3 - dx3 * dy1) / area;
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1];
}

/* The way back, up to a factor that falls out. */
function inverse([a, b, c, d, e, f, g, h, i]) {
  return [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
}

function depthOf([, , , , , , g, h, i], [x, y]) {
  return g * x + h * y + i;
}

function moved([a, b, c, d, e, f, g, h, i], [x, y]) {
  const depth = g * x + h * y + i;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

/* The four points in the photograph of a box of what is shown. */
export function inPhoto([x, y, width, height], corners) {
  const way = projection(corners ?? WHOLE);
  return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]].map((point) => moved(way, point));
}

/* The upright box, of what is shown, around points of the photograph; null where they lie outside. */
export function inShown(points, corners) {
  const way = inverse(projection(corners ?? WHOLE));
  // behind the eye of this projection nothing is shown
  if (corners && points.some((point) => depthOf(way, point) * depthOf(way, corners[0]) <= 0)) return null;
  const found = points.map((point) => moved(way, point).map((number) => Math.min(1, Math.max(0, number))));
  const [xs, ys] = [found.map(([x]) => x), found.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const box = [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
  return box[2] > LEAST && box[3] > LEAST ? box : null;
}

/* Whether the middle of the first four points lies between the second four: the same thing, found again. */
export function covers(inner, outer) {
  const middle = [0, 1].map((axis) => inner.reduce((sum, point) => sum + point[axis], 0) / inner.length);
  return [0, 1].every((axis) => {
    const side = outer.map((point) => point[axis]);
    return Math.min(...side) <= middle[axis] && middle[axis] <= Math.max(...side);
  });
}

/* Whether four corners go round once without crossing, and hold at least a hundredth of the photograph. */
export function isSheet(corners) {
  const turns = corners.map(([x, y], at) => {
    const [[x1, y1], [x2, y2]] = [corners[(at + 1) % 4], corners[(at + 2) % 4]];
    return (x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1);
  });
  const area = corners.reduce((sum, [x, y], at) => sum + x * corners[(at + 1) % 4][1] - y * corners[(at + 1) % 4][0], 0) / 2;
  return turns.every((turn) => turn > 0) && area >= 0.01;
}

/* A corner moved to where a hand wants it, within the photograph. */
export function placed(corners, at, [x, y]) {
  return corners.map((corner, one) => (one === at ? [within(x), within(y)] : corner));
}

/* A box moved by so much, within the picture. */
export function shifted([x, y, width, height], right, down) {
  return [within(x + right, 1 - width), within(y + down, 1 - height), width, height];
}

/* A box whose lower right corner a hand wants at so much more. */
export function stretched([x, y, width, height], right, down) {
  return [x, y, within(width + right, 1 - x, SMALLEST), within(height + down, 1 - y, SMALLEST)];
}

/* The box between two points of a drag; null for a slip of the finger. */
export function drawn([x0, y0], [x1, y1]) {
  const [left, top, right, bottom] = [within(Math.min(x0, x1)), within(Math.min(y0, y1)), within(Math.max(x0, x1)), within(Math.max(y0, y1))];
  return right - left < SMALLEST && bottom - top < SMALLEST ? null : [Math.min(left, 1 - SMALLEST), Math.min(top, 1 - SMALLEST), Math.max(SMALLEST, right - left), Math.max(SMALLEST, bottom - top)].map(rounded);
}

function within(number, most = 1, least = 0) {
  return rounded(Math.min(most, Math.max(least, number)));
}

function rounded(number) {
  return Math.round(number * 10000) / 10000;
}

/* The piece of a sheet around what was read there, with some of its surroundings: a box. `size` is [width, height] of the sheet. */
export function pieceOf(boxes, size) {
  const [width, height] = size;
  const left = Math.min(...boxes.map(([x]) => x));
  const top = Math.min(...boxes.map(([, y]) => y));
  const right = Math.max(...boxes.map(([x, , wide]) => x + wide));
  const bottom = Math.max(...boxes.map(([, y, , high]) => y + high));
  // as much paper on each side as the type is high, and enough to see where on the sheet it is
  const more = Math.max(Math.min((right - left) * width, (bottom - top) * height, width / 5), AROUND * width);
  const from = [Math.max(0, left - more / width), Math.max(0, top - more / height)];
  const to = [Math.min(1, right + more / width), Math.min(1, bottom + more / height)];
  return [...from, to[0] - from[0], to[1] - from[1]];
}
