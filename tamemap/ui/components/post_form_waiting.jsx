/* The flyers that wait to be sent, each with its picture, how far it is and what can be done; and 送るのを待っています after 送る without signal. */
import { useEffect, useRef, useState } from "react";
import { problemsFrom } from "./post_form_check.js";
import { Dialog } from "./post_form_dialog.jsx";
import { Banner, Icon, useWords } from "./post_form_parts.jsx";
import { Next } from "./post_form_photos.jsx";

const SIGN_IN = "/sign-in?then=/post";
/* Before these go on somebody must do something. */
const STUCK = ["refused", "signin", "other", "adopt"];
const ICONS = { waiting: "camera", sending: "camera", done: "check" };

/* `queue` is that of useQueue; `busy` when something stands in the form that mending another flyer would push away;
   `letDraftGo()` before another draft is written. */
export function Waiting({ queue, busy, letDraftGo }) {
  const w = useWords();
  const [leaving, setLeaving] = useState(null);
  // what the form itself is sending is shown by the form
  const shown = queue.entries.filter(({ lease }) => !(lease > Date.now()));
  if (!shown.length) return null;
  const sent = shown.every(({ state }) => state === "done");
  const full = queue.store?.isFull() && shown.some(({ state }) => ["waiting", "sending"].includes(state));
  return (
    <section className="post-queue" aria-labelledby="pf-queue-heading">
      <h2 id="pf-queue-heading">{w(sent ? "queue_heading_done" : "queue_heading")}</h2>
      {full && <Banner kind="warning">{w("queue_full")}</Banner>}
      <ul>
        {shown.map((entry) => <Entry key={entry.key} entry={entry} queue={queue} busy={busy} onMend={() => queue.mend(entry, letDraftGo)} onLeave={() => setLeaving(entry)} />)}
      </ul>
      {leaving && (
        <Dialog heading={w("queue_leave_heading", { title: leaving.title })} onClose={() => setLeaving(null)} actions={(close) => (
          <>
            <button type="button" className="tm-button tm-button--secondary" onClick={close}>{w("queue_keep")}</button>
            <button type="button" className="tm-button tm-button--danger" onClick={() => queue.store.remove(leaving.key).then(close)}>{w("queue_leave_yes")}</button>
          </>
        )}>
          <p>{w(leaving.attempts?.length ? "queue_leave_unsure" : "queue_leave_words")}</p>
        </Dialog>
      )}
    </section>
  );
}

function Entry({ entry, queue, busy, onMend, onLeave }) {
  const w = useWords();
  const { state, title, owner } = entry;
  const wrong = STUCK.includes(state);
  const now = entry.held ? "held" : state;
  const said = w(`queue_${now}`, { percent: Math.round((entry.sent ?? 0) * 100), name: owner?.name ?? "" });
  return (
    <li className="post-queue__entry" data-state={state}>
      <Picture entry={entry} store={queue.store} />
      <div className="post-queue__body">
        <strong>{title || w("queue_untitled")}</strong>
        <p role="status"><Icon name={wrong ? "warning" : ICONS[state]} kind="tm-icon--small" /> {said}</p>
        {state === "refused" && <Reasons problem={entry.problem} />}
        {state === "done" && <Notes entry={entry} />}
        <div className="tm-row">
          {state === "done" && <a className="tm-button tm-button--small tm-button--primary" href={new URL(entry.answer.url, location.href).pathname}>{w("see_flyer")}</a>}
          {state === "done" && <Deed words="close" act={() => queue.store.remove(entry.key)} />}
          {(state === "signin" || entry.status === 401) && <a className="tm-button tm-button--small tm-button--primary" href={SIGN_IN}>{w("sign_in")}</a>}
          {state === "adopt" && <Deed words="queue_adopt_yes" primary act={() => queue.store.adopt(entry.key).then(() => queue.store.run())} />}
          {state === "waiting" && <Deed words="queue_now" act={() => queue.store.change(entry.key, { after: 0 }).then(() => queue.store.run())} />}
          {!["done", "sending", "other"].includes(state) && (
            <>
              <Deed words="queue_mend" primary={state === "refused"} off={busy} act={onMend} />
              <Deed words="queue_leave" act={onLeave} />
            </>
          )}
        </div>
        {busy && state === "refused" && <p className="tm-field__hint">{w("queue_mend_later")}</p>}
      </div>
    </li>
  );
}

function Deed({ words, act, primary, off }) {
  const w = useWords();
  return (
    <button type="button" className={`tm-button tm-button--small tm-button--${primary ? "primary" : "secondary"}`} disabled={off} onClick={() => act()}>{w(words)}</button>
  );
}

/* What is wrong, field by field, or in one sentence. */
function Reasons({ problem }) {
  const w = useWords();
  const { fields, said } = problemsFrom(problem ?? {});
  const lines = Object.entries(fields).map(([name, words]) => w(`field.${name}`) + w("colon") + words);
  return <ul className="post-form__summary">{(lines.length ? lines : [said || w("send_failed")]).map((line) => <li key={line}>{line}</li>)}</ul>;
}

function Notes({ entry }) {
  const w = useWords();
  const codes = [...(entry.answer.notes ?? []).map((code) => `note.${code}`), ...(entry.stale ? ["done_stale"] : [])];
  return codes.map((code) => [code, w(code)]).filter(([code, said]) => code !== said).map(([code, said]) => <p key={code}>{said}</p>);
}

function Picture({ entry, store }) {
  const [url, setUrl] = useState("");
  const file = entry.items?.find(({ type, name }) => type !== "application/pdf" && !/\.pdf$/i.test(name))?.file;
  useEffect(() => {
    let made = "";
    let gone = false;
    if (file) {
      store.fileOf(file).then((blob) => {
        if (blob && !gone) setUrl((made = URL.createObjectURL(blob)));
      }, () => {});
    }
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [file]);
  return <div className="post-queue__picture" aria-hidden="true">{url ? <img src={url} alt="" onError={() => setUrl("")} /> : <Icon name="slip" />}</div>;
}

/* After 送る without signal. */
export function Queued({ queue, letDraftGo, onAnother }) {
  const w = useWords();
  const top = useRef(null);
  useEffect(() => {
    scrollTo(0, 0);
    top.current.focus();
  }, []);
  const done = queue.entries.length > 0 && queue.entries.every(({ state }) => state === "done");
  const held = queue.entries.every((entry) => entry.held);
  // the flyer of this moment is the last one
  const stuck = STUCK.includes(queue.entries.at(-1)?.state);
  return (
    <div className="post-queue__page">
      <h1 ref={top} tabIndex={-1}>{w(stuck ? "queue_stuck_heading" : !done ? "queued_heading" : held ? "held_heading" : "queue_done_heading")}</h1>
      {!done && <p>{w(stuck ? "queue_stuck_lead" : "queued_lead")}</p>}
      <Waiting queue={queue} letDraftGo={letDraftGo} />
      {!done && !stuck && <Bell />}
      <Next onAnother={onAnother} />
    </div>
  );
}

/* Asks for messages only here, where it is plain what for; and never again after a no. */
function Bell() {
  const w = useWords();
  const [may, setMay] = useState(typeof Notification === "function" && "serviceWorker" in navigator ? Notification.permission : "denied");
  if (may === "denied") return null;
  if (may === "granted") return <Banner icon="bell">{w("queue_bell_on")}</Banner>;
  return (
    <button type="button" className="tm-button tm-button--secondary tm-button--wide" onClick={() => Notification.requestPermission().then(setMay)}>
      <Icon name="bell" />
      {w("queue_bell")}
    </button>
  );
}
