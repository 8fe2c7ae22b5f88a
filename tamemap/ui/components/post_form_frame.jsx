/* What stands around the fields: the draft's banner, the guest's hint, the summary of problems, the consent, the deed. */
import { useEffect, useRef, useState } from "react";
import { inOrder, lead } from "./post_form_check.js";
import { hintFor } from "./post_form_hint.js";
import { Banner, Icon, Problem, useWords } from "./post_form_parts.jsx";

const SIGN_IN = "/sign-in?then=/post";
const PROVE = "/me/residence";
const MOST_OF_SCREEN = 0.3;

export function DraftBanner({ draft }) {
  const w = useWords();
  if (!draft.banner) return null;
  const cleared = draft.banner === "cleared";
  return (
    <Banner role="status" icon={cleared ? "trash" : "edit"}>
      {w(cleared ? "draft_cleared" : "draft_found")}{" "}
      <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={cleared ? draft.undo : draft.startOver}>
        <Icon name={cleared ? "undo" : "trash"} />
        {w(cleared ? "draft_undo" : "draft_over")}
      </button>
    </Banner>
  );
}

/* Nobody needs to wait for signal before they begin. The first paint, made before this phone is asked, has the words; post.css
   hides them where there is signal. */
export function NoSignal() {
  const w = useWords();
  const [online, setOnline] = useState(null);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine !== false);
    look();
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return <div role="status" data-unasked={online === null ? "" : undefined}>{!online && <Banner>{w("no_signal")}</Banner>}</div>;
}

/* `map` is the resident map that the flyer goes on, as far as it is known. The first paint, made before this phone is asked, has
   the place; post.css takes it away where a member was last. */
export function GuestHint({ me, map }) {
  const w = useWords();
  const [known, setKnown] = useState(false);
  useEffect(() => setKnown("tmMember" in document.documentElement.dataset), []);
  const hint = hintFor({ me, map, known });
  if (!hint) return null;
  return (
    <div className="post-form__guest" data-unsure={me ? undefined : ""}>
      <Banner kind={hint === "guests_closed" ? "warning" : "info"} icon="person">
        {w(hint)} {hint !== "member_hint" && <a className="tm-link" href={SIGN_IN}>{w("sign_in")}</a>}
      </Banner>
    </div>
  );
}

/* Before anything is typed: on this map only people with proof of residence put up flyers, and groups. */
export function ProofHint({ me, map }) {
  const w = useWords();
  const code = map?.municipality?.code;
  if (!me || !map?.proof_for?.includes("flyers") || me.proved === code || me.groups.length > 0) return null;
  if (me.roles.some(({ role, municipality }) => role === "operator" || municipality?.code === code)) return null;
  return (
    <Banner kind="warning" icon="person">
      {w("proof_hint", { map: map.name })} <a className="tm-link" href={PROVE}>{w("prove")}</a>
    </Banner>
  );
}

export function Summary({ problems }) {
  const w = useWords();
  const names = inOrder(problems);
  return (
    <div role="alert">
      {names.length > 0 && (
        <Banner kind="error">
          <strong>{w("summary", { n: names.length })}</strong>
          <ul className="post-form__summary">
            {names.map((name) => (
              <li key={name}>
                <button type="button" className="tm-button tm-button--small tm-button--quiet" onClick={() => lead(name)}>
                  {w(`field.${name}`) + w("colon") + problems[name]}
                </button>
              </li>
            ))}
          </ul>
        </Banner>
      )}
    </div>
  );
}

export function Categories({ categories, chosen, problem, onChange }) {
  const w = useWords();
  return (
    <fieldset id="pf-category" tabIndex={-1} aria-describedby={problem ? "pf-category-error" : undefined}>
      <legend className="tm-field__label">{w("field.category")}</legend>
      <div className="tm-chips post-form__categories">
        {categories.map(({ code, word }) => (
          <label key={code} className="tm-radio-chip">
            <input type="radio" name="category" value={code} checked={code === chosen} onChange={() => onChange(code)} />
            <span>
              <Icon sprite="categories" name={code} kind="tm-icon--small" />
              {word}
            </span>
          </label>
        ))}
      </div>
      {problem && <Problem id="pf-category-error">{problem}</Problem>}
    </fieldset>
  );
}

export function Consent({ consent, problem }) {
  const w = useWords();
  return (
    <div>
      <label className="tm-check">
        <input id="pf-may_post" type="checkbox" checked={consent.given} onChange={(event) => consent.set(event.target.checked)}
          aria-invalid={problem ? "true" : undefined} aria-describedby={problem ? "pf-may_post-error" : undefined} />
        <span>{w("may_post")}</span>
      </label>
      {problem && <Problem id="pf-may_post-error">{problem}</Problem>}
    </div>
  );
}

/* `onNew()` begins another flyer where this one was posted from another window. */
export function Failure({ failure, onNew }) {
  const w = useWords();
  return (
    <div role="alert">
      {failure && (
        <Banner kind="error">
          {failure.said} {failure.signIn && <a className="tm-link" href={SIGN_IN}>{w("sign_in")}</a>}
          {failure.sent && <Elsewhere url={failure.sent.url} onNew={onNew} />}
          {failure.prove && <a className="tm-link" href={PROVE}>{w("prove")}</a>}
        </Banner>
      )}
    </div>
  );
}

function Elsewhere({ url, onNew }) {
  const w = useWords();
  return (
    <p className="post-form__elsewhere">
      {url && <a className="tm-button tm-button--small tm-button--secondary" href={new URL(url, location.href).pathname}>{w("see_flyer")}</a>}{" "}
      <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => onNew()}>{w("sent_begin")}</button>
    </p>
  );
}

/* `looking`: the button waits for what is seen on the photographs; `onHurry` does without. */
export function SendButton({ sending, photos, ground, looking, onHurry }) {
  const w = useWords();
  const busy = sending.phase !== "writing";
  const sent = photos.items.reduce((sum, item) => sum + (item.sent ?? 0), 0) / (photos.items.length || 1);
  const waiting = looking ? w("looking") : w("waiting_photos", { percent: Math.round(sent * 100) });
  const said = { waiting, sending: w("sending") }[sending.phase];
  return (
    <>
    <button type="submit" className="tm-button tm-button--primary tm-button--large tm-button--wide" aria-disabled={busy || ground.state === "outside" || undefined}>
      {busy ? <span className="tm-spinner" aria-hidden="true" /> : <Icon name="slip" />}
      <span aria-live="polite">{said ?? w(sending.failure?.again ? "send_again" : "send")}</span>
    </button>
    {looking && <button type="button" className="tm-button tm-button--secondary tm-button--wide" onClick={onHurry}>{w("hurry")}</button>}
    </>
  );
}

/* The bar with the deed: it stays above the fold, but never where large type would let it hide what somebody reads. */
export function Bar({ blank, children }) {
  const bar = useRef(null);
  const [tall, setTall] = useState(false);
  useEffect(() => {
    const { current } = bar;
    const measure = () => setTall(current.offsetHeight > innerHeight * MOST_OF_SCREEN);
    const watch = new ResizeObserver(measure);
    watch.observe(current);
    addEventListener("resize", measure);
    return () => {
      watch.disconnect();
      removeEventListener("resize", measure);
    };
  }, []);
  return (
    <div ref={bar} className="post-form__bar" data-still={blank || tall || undefined}>
      {children}
    </div>
  );
}
