/* かどを直す: the photograph with four handles on the corners of the flyer, for a finger, a mouse and the arrow keys. */
import { useRef, useState } from "react";
import { Dialog } from "./post_form_dialog.jsx";
import { Large, Problem, useWords } from "./post_form_parts.jsx";
import { isSheet, placed } from "./post_form_shape.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.005;
const START = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]];

/* `picture` is the address of the upright photograph; `onSave(corners)` hears corners that make a sheet. */
export function Corners({ picture, found, onSave, onClose }) {
  const w = useWords();
  const [corners, setCorners] = useState(found ?? START);
  const frame = useRef(null);
  const fits = isSheet(corners);
  const save = (close) => {
    if (!fits) return;
    onSave(corners);
    close();
  };
  const actions = (close) => (
    <>
      <button type="button" className="tm-button tm-button--secondary" onClick={close}>{w("photo_cancel")}</button>
      <button type="button" className="tm-button tm-button--primary" aria-disabled={!fits || undefined} onClick={() => save(close)}>{w("corners_save")}</button>
    </>
  );
  return (
    <Dialog heading={w("corners_heading")} onClose={onClose} actions={actions}>
      <p id="pf-corners-hint">{w("corners_hint")}</p>
      <div ref={frame} className="post-form__corners">
        <Large src={picture} alt={w("corners_picture")}>
          <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            <polygon points={corners.join(" ")} data-wrong={!fits || undefined} />
          </svg>
          {corners.map((corner, at) => (
            <Handle key={at} at={at} corner={corner} frame={frame} onMove={(point) => setCorners((old) => placed(old, at, point))} />
          ))}
        </Large>
      </div>
      <div role="alert">{!fits && <Problem>{w("corners_wrong")}</Problem>}</div>
    </Dialog>
  );
}

function Handle({ at, corner, frame, onMove }) {
  const w = useWords();
  const grip = useRef(null);
  const [x, y] = corner;
  const percent = (share) => Math.round(share * 100);
  const point = (event) => {
    const box = frame.current.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const take = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const [left, top] = point(event);
    // the corner stays where it is under the finger
    grip.current = [x - left, y - top];
  };
  const drag = (event) => {
    if (!grip.current) return;
    const [left, top] = point(event);
    onMove([left + grip.current[0], top + grip.current[1]]);
  };
  const drop = () => (grip.current = null);
  const step = (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    // else the dialog would scroll as well
    event.preventDefault();
    const far = STEP * (event.shiftKey ? 10 : 1);
    onMove([x + way[0] * far, y + way[1] * far]);
  };
  return (
    <button type="button" className="post-form__handle" style={{ left: `${x * 100}%`, top: `${y * 100}%` }} aria-describedby="pf-corners-hint"
      aria-label={w("corner", { corner: w(`corner_${at}`), x: percent(x), y: percent(y) })}
      onPointerDown={take} onPointerMove={drag} onPointerUp={drop} onPointerCancel={drop} onKeyDown={step} />
  );
}
