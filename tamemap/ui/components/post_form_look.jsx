/* 写りこみ: the picture with what may not be meant for everybody, and for each of it ぼかす or このまま; and places that a person hides. */
import { useRef, useState } from "react";
import { Canvas, OwnList } from "./post_form_boxes.jsx";
import { Dialog } from "./post_form_dialog.jsx";
import { Icon, useWords } from "./post_form_parts.jsx";

const DEEDS = ["blur", "keep"];

/* `found` is what privateOf says; `onDecide(one, deed)` hears one tap. `own` are the boxes drawn so far; `onOwn(boxes)` hears those
   that are there in the end. */
export function Look({ picture, found, own, onDecide, onOwn, onClose }) {
  const w = useWords();
  const [changed, setBoxes] = useState(null);
  const boxes = changed ?? own;
  const change = (made) => {
    setBoxes(made);
    // what was focused in a box that goes is gone with it
    if (made.length < boxes.length) document.getElementById("pf-own-add").focus();
  };
  const end = () => {
    if (changed) onOwn(changed);
    onClose();
  };
  const actions = (close) => <button type="button" className="tm-button tm-button--primary" onClick={close}>{w("look_done")}</button>;
  return (
    <Dialog heading={w("look_heading")} onClose={end} actions={actions}>
      {found.length > 0 && <p>{w("look_hint")}</p>}
      <Canvas picture={picture} alt={w("look_picture")} boxes={boxes} onChange={change}>
        {found.map(({ box: [x, y, width, height], deed }, at) => (
          <span key={at} data-deed={deed || undefined} aria-hidden="true"
            style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` }}>
            <b>{at + 1}</b>
          </span>
        ))}
      </Canvas>
      {found.length > 0 && <ol className="post-form__found">
        {found.map((one, at) => (
          <li key={at}>
            <span id={`pf-found-${at}`}>{w("found_n", { n: at + 1, kind: w(`private.${one.kind}`) })}</span>
            <span className="tm-chips" role="group" aria-labelledby={`pf-found-${at}`}>
              {DEEDS.map((deed) => (
                <button key={deed} type="button" className="tm-chip" aria-pressed={one.deed === deed} onClick={() => onDecide(one, deed)}>
                  {w(`deed_${deed}`)}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ol>}
      <OwnList boxes={boxes} onChange={change} />
      <p className="tm-muted">
        <Icon name="info" kind="tm-icon--small" /> {w("look_misses")}
      </p>
    </Dialog>
  );
}

/* Asked once, on the way out, for what nobody has decided. */
export function Ask({ undecided, onAnswer }) {
  const w = useWords();
  const kinds = [...new Set(undecided.flatMap(([, ones]) => ones.map(({ kind }) => w(`private.${kind}`))))];
  const chosen = useRef("");
  // closed first, so that the focus goes back to where it was
  const take = (deed, close) => {
    chosen.current = deed;
    close();
  };
  const actions = (close) => (
    <>
      <button type="button" className="tm-button tm-button--secondary" onClick={() => take("keep", close)}>{w("ask_keep")}</button>
      <button type="button" className="tm-button tm-button--primary" onClick={() => take("blur", close)}>{w("ask_blur")}</button>
    </>
  );
  return (
    <Dialog heading={w("ask_heading")} onClose={() => onAnswer(chosen.current)} actions={actions}>
      <p>{w("ask_lead", { kinds: kinds.join(w("comma")) })}</p>
    </Dialog>
  );
}
