/* 写りこみ: the picture with what may not be meant for everybody, and for each of it ぼかす or このまま. */
import { useRef } from "react";
import { Dialog } from "./post_form_dialog.jsx";
import { Icon, useWords } from "./post_form_parts.jsx";

const DEEDS = ["blur", "keep"];

/* `found` is what privateOf says; `onDecide(one, deed)` hears one tap. */
export function Look({ picture, found, onDecide, onClose }) {
  const w = useWords();
  const actions = (close) => <button type="button" className="tm-button tm-button--primary" onClick={close}>{w("look_done")}</button>;
  return (
    <Dialog heading={w("look_heading")} onClose={onClose} actions={actions}>
      <p>{w("look_hint")}</p>
      <div className="post-form__look">
        <img src={picture} alt={w("look_picture")} />
        {found.map(({ box: [x, y, width, height], deed }, at) => (
          <span key={at} data-deed={deed || undefined} aria-hidden="true"
            style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` }}>
            <b>{at + 1}</b>
          </span>
        ))}
      </div>
      <ol className="post-form__found">
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
      </ol>
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
