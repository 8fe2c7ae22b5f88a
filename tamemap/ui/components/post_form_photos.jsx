/* The photographs: two big buttons, then each picture with its progress and what can be done with it. */
import { useEffect, useRef, useState } from "react";
import { MOST } from "./post_form_check.js";
import { ReadingLine } from "./post_form_mark.jsx";
import { Mend } from "./post_form_mend.jsx";
import { Banner, Icon, Problem, Section, useWords } from "./post_form_parts.jsx";

const HIDDEN_TYPES = ["application/pdf", "image/heic", "image/heif"];

export function Photos({ photos, problem, reading }) {
  const w = useWords();
  const { items, notices, removed } = photos;
  const few = items.length < MOST;
  return (
    <Section id="photos" heading={w("photos_heading")} note={w("photos_note", { most: MOST })}>
      <div id="pf-photos" tabIndex={-1} />
      {items.length > 0 && (
        <ol className="post-form__photos" data-many={items.length > 1 || undefined}>
          {items.map((item, at) => (
            <Photo key={item.key} item={item} at={at} last={items.length - 1} photos={photos} reading={reading} />
          ))}
        </ol>
      )}
      <ReadingLine reading={reading} />
      {few && (
        <div className="post-form__pickers">
          <Picker sign="camera" words={items.length ? w("take_more") : w("take")} main={!items.length} photos={photos} input={TAKEN} />
          <Picker sign="photo" words={items.length ? w("pick_more") : w("pick")} photos={photos} input={PICKED} />
        </div>
      )}
      <div aria-live="assertive">
        {notices.map((notice) => (
          <Banner key={notice} kind="warning">{notice}</Banner>
        ))}
        {problem && <Problem id="pf-photos-error">{problem}</Problem>}
      </div>
      {removed && (
        <Banner role="status">
          {w("photo_removed")}{" "}
          <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={photos.putBack}>
            <Icon name="undo" />
            {w("put_back")}
          </button>
        </Banner>
      )}
    </Section>
  );
}

function Picker({ sign, words, main, photos, input }) {
  const box = useRef(null);
  const take = () => {
    photos.add([...box.current.files]);
    // the same file may be picked again after it was taken out
    box.current.value = "";
  };
  useEffect(() => {
    // picked while the page was still waking up
    if (box.current.files.length) take();
  }, []);
  return (
    <label className={`tm-button tm-button--large post-form__picker ${main ? "tm-button--primary" : "tm-button--secondary"}`}>
      <Icon name={sign} />
      <span>{words}</span>
      <input ref={box} type="file" className="tm-visually-hidden" onChange={take} {...input} />
    </label>
  );
}

/* The way to the next flyer, which begins with its photograph: `onAnother(files)`. */
export function Next({ onAnother }) {
  const w = useWords();
  return (
    <>
      <div className="post-form__pickers">
        <Picker sign="camera" words={w("another_take")} photos={{ add: onAnother }} input={TAKEN} />
        <Picker sign="photo" words={w("another_pick")} photos={{ add: onAnother }} input={PICKED} />
      </div>
      <p className="tm-muted">{w("another_hint")}</p>
    </>
  );
}

function Photo({ item, at, last, photos, reading }) {
  const w = useWords();
  const n = at + 1;
  const [lost, setLost] = useState([]); // addresses that show nothing here, or not without signal
  const busy = item.state === "sending" || item.state === "waiting";
  const url = HIDDEN_TYPES.includes(item.type) ? undefined : photos.url(item.file);
  const whole = lost.includes(url) ? undefined : url;
  const thumb = item.photo?.thumb;
  const source = [item.shown || !whole ? thumb : whole, whole].find((one) => one && !lost.includes(one));
  useEffect(() => {
    const again = () => setLost([]);
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, []);
  return (
    <li className="post-form__photo">
      <div className="post-form__paper">
        {source ? (
          <img src={source} alt={w("photo_n", { n, name: item.name })} decoding="async" onError={() => setLost([...lost, source])} />
        ) : (
          <p className="post-form__sheet">
            <Icon name={item.type === "application/pdf" ? "pdf" : "photo"} kind="tm-icon--large" />
            <span>{item.name}</span>
          </p>
        )}
        {last > 0 && <span className="post-form__number">{at === 0 ? w("cover") : n}</span>}
      </div>
      {item.state !== "done" && <Progress item={item} n={n} busy={busy} photos={photos} />}
      <div className="post-form__tools">
        {item.state === "done" && (
          <p className="post-form__sent">
            <Icon name="check" kind="tm-icon--small" /> {w("photo_arrived")}
          </p>
        )}
        {last > 0 && !busy && (
          <>
            <Tool sign="arrow-left" words={w("photo_earlier", { n })} off={at === 0} onClick={() => photos.move(item.key, -1)} />
            <Tool sign="arrow-right" words={w("photo_later", { n })} off={at === last} onClick={() => photos.move(item.key, 1)} />
          </>
        )}
        {!busy && <Tool sign="trash" words={w("photo_remove", { n })} onClick={() => photos.remove(item.key)} />}
      </div>
      {item.state === "done" && <Mend item={item} n={n} whole={whole} reading={reading} />}
    </li>
  );
}

function Progress({ item, n, busy, photos }) {
  const w = useWords();
  const percent = Math.round((item.sent ?? 0) * 100);
  if (busy) {
    return (
      <div className="post-form__progress">
        <progress className="tm-progress" max="100" value={percent} aria-label={w("photo_sending", { n })} />
        <span>{item.state === "waiting" ? w("photo_waiting") : percent < 100 ? `${percent}%` : w("photo_checking")}</span>
        <button type="button" className="tm-button tm-button--small tm-button--quiet" onClick={() => photos.cancel(item.key)}>
          {w("photo_cancel")}
          <span className="tm-visually-hidden">{w("photo_which", { n })}</span>
        </button>
      </div>
    );
  }
  return (
    <div>
      {item.offline ? <p className="tm-muted">{item.problem}</p> : <Problem>{item.problem}</Problem>}
      {!item.hopeless && (
        <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => photos.retry(item.key)}>
          {w("photo_retry")}
          <span className="tm-visually-hidden">{w("photo_which", { n })}</span>
        </button>
      )}
    </div>
  );
}

function Tool({ sign, words, off, onClick }) {
  return (
    <button type="button" className="tm-button tm-button--icon tm-button--secondary" aria-label={words} title={words} disabled={off} onClick={onClick}>
      <Icon name={sign} />
    </button>
  );
}

const TAKEN = { capture: "environment", accept: "image/*" };
const PICKED = { multiple: true, accept: "image/*,.heic,.heif,.avif,application/pdf" };
