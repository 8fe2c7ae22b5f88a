/* もう貼ってありませんか: what stands already and may be this flyer, and 「これと同じです」, which makes one of two. */
import { useEffect, useRef, useState } from "react";
import { get, send } from "./post_form_api.js";
import { Next } from "./post_form_photos.jsx";
import { Banner, Icon, useWords } from "./post_form_parts.jsx";

const PAUSE = 800;

/* {found: [card with `why`], joined, failed, join(card), other(why)}. Asked while the person goes on; without signal nothing is said. */
export function useAlike({ slug, photos, point, when, announce, w, onJoined }) {
  const [found, setFound] = useState([]);
  const [other, setOther] = useState([]);
  const [joined, setJoined] = useState(null);
  const [failed, setFailed] = useState("");
  const own = useRef({ told: "" }).current;
  const ids = photos.items.map(({ photo }) => photo?.id).filter(Boolean).join(",");
  const cut = photos.items.map(({ shown }) => shown ?? "").join(",");
  const days = when.on ? [when.start, when.end].filter(Boolean).join("..") : "";
  const near = point ? `${point.lat},${point.lng}` : "";
  useEffect(() => {
    // what was found for other days is none for these
    setFound((old) => old.filter(({ why }) => why !== "near"));
    if (!slug || (!ids && !(near && days))) return setFound([]);
    const asking = new AbortController();
    const wait = setTimeout(() => {
      const wishes = new URLSearchParams(Object.entries({ photo: ids, near, when: days }).filter(([, value]) => value));
      get(`/api/v1/maps/${slug}/alike?${wishes}`, asking.signal).then(({ items }) => setFound(items), () => {});
    }, PAUSE);
    return () => {
      clearTimeout(wait);
      asking.abort();
    };
  }, [slug, ids, cut, near, days]);
  const shown = found.filter(({ id, why }) => !other.includes(why + id));
  const same = shown.filter(({ why }) => why === "picture").map(({ title }) => title).join(w("comma"));
  useEffect(() => {
    if (same && same !== own.told) announce(w("alike_said", { titles: (own.told = same) }));
  }, [same]);

  const join = (card) => {
    setFailed("");
    send("POST", `/api/v1/flyers/${card.id}/join`, { timeout: 20000 }).done.then(
      (answer) => {
        setJoined({ ...answer, thumb: card.thumb?.jpeg });
        onJoined();
      },
      ({ problem }) => setFailed(problem?.errors?.[0]?.message ?? problem?.detail ?? w("alike_failed")),
    );
  };
  const begin = () => {
    setJoined(null);
    setFound([]);
    setOther([]);
    own.told = "";
  };
  return { shown, joined, failed, join, begin, dismiss: (cards) => setOther((old) => [...old, ...cards.map(({ id, why }) => why + id)]) };
}

/* `why`: picture (looks the same) or near (300 metres around, the same days). */
export function Alike({ alike, why }) {
  const w = useWords();
  const cards = alike.shown.filter((card) => card.why === why);
  if (!cards.length) return null;
  const lead = why === "picture" ? "alike_picture" : "alike_near";
  return (
    <section className="post-form__alike" aria-labelledby={`pf-alike-${why}`}>
      <h2 id={`pf-alike-${why}`}>{w("alike_heading")}</h2>
      <p>{w(lead)}</p>
      <ul>
        {cards.map((card) => (
          <li key={card.id}>
            <a href={`/f/${card.id}`} target="_blank" rel="noopener">
              {card.thumb && <img src={card.thumb.jpeg} alt="" width={card.thumb.width} height={card.thumb.height} />}
              <span>
                <strong>{card.title}</strong>
                <span>{[card.date_label?.text, card.venue].filter(Boolean).join(" ")}</span>
                {card.distance !== null && <span>{w("alike_distance", { metres: card.distance })}</span>}
              </span>
            </a>
            <button type="button" className="tm-button tm-button--small tm-button--secondary" aria-label={w("alike_same_as", { title: card.title })} onClick={() => alike.join(card)}>
              <Icon name="check" />
              {w("alike_same")}
            </button>
          </li>
        ))}
      </ul>
      <p role="alert" className="tm-field__error">{alike.failed}</p>
      <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => alike.dismiss(cards)}>{w("alike_other")}</button>
    </section>
  );
}

/* Thanks to both: the flyer that stands already, and the way on. */
export function Joined({ joined, onAnother }) {
  const w = useWords();
  const heading = useRef(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current.focus();
  }, []);
  return (
    <div className="post-form__done">
      <div className="post-form__pinned" aria-hidden="true">
        {joined.thumb ? <img src={joined.thumb} alt="" /> : <Icon name="slip" kind="tm-icon--large" />}
        <span className="post-form__tack" />
      </div>
      <h1 ref={heading} tabIndex={-1}>{w("joined_heading")}</h1>
      <p className="post-form__lead">{w("joined_lead", { title: joined.title })}</p>
      {joined.told && <Banner>{w("joined_told")}</Banner>}
      <div className="post-form__next">
        <a className="tm-button tm-button--large tm-button--primary" href={`/f/${joined.id}`}>
          <Icon name="slip" />
          {w("see_flyer")}
        </a>
        <Next onAnother={onAnother} />
      </div>
    </div>
  );
}
