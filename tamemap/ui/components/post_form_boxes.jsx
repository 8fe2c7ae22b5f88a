/* かくす所: boxes that a person draws over a picture, moves, resizes and takes away, by finger, mouse and keyboard. */
import { useRef, useState } from "react";
import { Icon, Large, useWords } from "./post_form_parts.jsx";
import { drawn, shifted, stretched } from "./post_form_shape.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const GONE = ["Delete", "Backspace"];
const STEP = 0.01;
const FIRST = [0.4, 0.45, 0.2, 0.1];
const percent = (share) => Math.round(share * 100);
const frameOf = ([x, y, width, height]) => ({ left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });

/* The picture on which is drawn; `children` lie over it. `onChange(boxes)` hears every change. */
export function Canvas({ picture, alt, boxes, onChange, children }) {
  const frame = useRef(null);
  const [line, setLine] = useState(null);
  const at = (event) => {
    const box = frame.current.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const begin = (event) => {
    if (event.button || boxes.length >= 20) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setLine([at(event), at(event)]);
  };
  const go = (event) => line && setLine([line[0], at(event)]);
  const end = () => {
    const made = line && drawn(...line);
    setLine(null);
    if (made) onChange([...boxes, made]);
  };
  const growing = line && drawn(...line);
  return (
    <div ref={frame} className="post-form__look">
      <Large src={picture} alt={alt} onPointerDown={begin} onPointerMove={go} onPointerUp={end} onPointerCancel={() => setLine(null)}>
        {children}
        {boxes.map((box, n) => (
          <Own key={n} n={n + 1} box={box} at={at} onMove={(moved) => onChange(boxes.map((one, other) => (other === n ? moved : one)))}
            onGone={() => onChange(boxes.filter((_, other) => other !== n))} />
        ))}
        {growing && <span className="post-form__growing" style={frameOf(growing)} />}
      </Large>
    </div>
  );
}

/* One box: its middle moves it, the grip at its lower right corner resizes it. */
function Own({ n, box, at, onMove, onGone }) {
  const w = useWords();
  const [x, y, width, height] = box;
  const said = { n, x: percent(x), y: percent(y), width: percent(width), height: percent(height) };
  return (
    <div className="post-form__own" style={frameOf(box)}>
      <Grip className="post-form__middle" label={w("own_box", said)} at={at} from={box} make={shifted} onMove={onMove} onGone={onGone} />
      <Grip className="post-form__grip" label={w("own_size", said)} at={at} from={box} make={stretched} onMove={onMove} onGone={onGone} />
      <b aria-hidden="true">{w("own_n", { n })}</b>
    </div>
  );
}

function Grip({ className, label, at, from, make, onMove, onGone }) {
  const held = useRef(null);
  const take = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { point: at(event), from };
  };
  const drag = (event) => {
    if (!held.current) return;
    const [right, down] = at(event).map((share, axis) => share - held.current.point[axis]);
    onMove(make(held.current.from, right, down));
  };
  const drop = () => (held.current = null);
  const key = (event) => {
    const way = ARROWS[event.key];
    if (!way && !GONE.includes(event.key)) return;
    // else the dialog would scroll as well
    event.preventDefault();
    if (!way) return onGone();
    const far = STEP * (event.shiftKey ? 5 : 1);
    onMove(make(from, way[0] * far, way[1] * far));
  };
  return (
    <button type="button" className={className} aria-label={label} aria-describedby="pf-own-hint" onPointerDown={take} onPointerMove={drag}
      onPointerUp={drop} onPointerCancel={drop} onKeyDown={key} />
  );
}

/* Below the picture: a box for those who do not draw, and one line for each that there is. The focus stays when one goes. */
export function OwnList({ boxes, onChange }) {
  const w = useWords();
  const add = useRef(null);
  const drop = (n) => {
    onChange(boxes.filter((_, other) => other !== n));
    add.current.focus();
  };
  return (
    <>
      <p id="pf-own-hint" className="tm-muted">{w("own_hint")}</p>
      <div>
        <button ref={add} id="pf-own-add" type="button" className="tm-button tm-button--secondary" onClick={() => onChange([...boxes, FIRST])}>
          <Icon name="plus" />
          {w("own_add")}
        </button>
      </div>
      {boxes.length > 0 && (
        <ol className="post-form__found">
          {boxes.map((_, n) => (
            <li key={n}>
              <span>{w("own_line", { n: n + 1 })}</span>
              <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => drop(n)}>
                <Icon name="trash" />
                {w("own_drop")}
                <span className="tm-visually-hidden">{w("own_which", { n: n + 1 })}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
