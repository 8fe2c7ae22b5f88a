/* A native dialog: it takes the focus, gives it back, and closes on Escape. */
import { useEffect, useId, useRef } from "react";
import { Icon, useWords } from "./post_form_parts.jsx";

/* Shown as long as it is rendered; `onClose` must then take it away. `actions` get `close`. */
export function Dialog({ heading, onClose, actions, children }) {
  const w = useWords();
  const id = useId();
  const box = useRef(null);
  const close = () => box.current.close();
  useEffect(() => {
    box.current.showModal();
  }, []);
  return (
    <dialog ref={box} className="tm-dialog post-form__dialog" aria-labelledby={id} onClose={onClose}>
      <div className="tm-dialog__head">
        <h2 id={id}>{heading}</h2>
        <button type="button" className="tm-button tm-button--icon tm-button--quiet" aria-label={w("close")} title={w("close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div className="tm-dialog__body tm-stack">{children}</div>
      {actions && <div className="tm-dialog__actions">{actions(close)}</div>}
    </dialog>
  );
}
