/* 貼りました: the flyer is on its way to the neighbours. */
import { useEffect, useRef, useState } from "react";
import { Invite } from "./post_form_invite.jsx";
import { Banner, Icon, useWords } from "./post_form_parts.jsx";

/* `answer` is what POST /flyers said; `picture` the first photograph; `stale` when an earlier version had already arrived. */
export function Done({ answer, title, picture, stale, onAnother }) {
  const w = useWords();
  const heading = useRef(null);
  const placements = answer.placements ?? [];
  const up = placements.filter((placement) => placement.state === "up");
  const held = placements.length > 0 && up.length === 0;
  const notes = (answer.notes ?? []).map((code) => [`note.${code}`, w(`note.${code}`)]).filter(([key, said]) => key !== said);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current.focus();
    navigator.vibrate?.(30);
  }, []);
  return (
    <div className="post-form__done">
      <div className="post-form__pinned" aria-hidden="true">
        {picture ? <img src={picture} alt="" /> : <Icon name="slip" kind="tm-icon--large" />}
        <span className="post-form__tack" />
      </div>
      <h1 ref={heading} tabIndex={-1}>{w(held ? "held_heading" : "done_heading")}</h1>
      <p className="post-form__lead">{w(held ? "held_lead" : "done_lead", { title, maps: up.map((one) => one.map_name).join(w("comma")) })}</p>
      {stale && <Banner>{w("done_stale")}</Banner>}
      {notes.map(([key, said]) => <Banner key={key}>{said}</Banner>)}
      <div className="post-form__next">
        {up.map((placement, at) => (
          <a key={placement.map} className={`tm-button tm-button--large ${at ? "tm-button--secondary" : "tm-button--primary"}`}
            href={`/m/${placement.map}?flyer=${encodeURIComponent(answer.id)}`}>
            <Icon name="map" />
            {w("see_on", { map: placement.map_name })}
          </a>
        ))}
        <a className="tm-button tm-button--secondary tm-button--large" href={here(answer.url)}>
          <Icon name="slip" />
          {w("see_flyer")}
        </a>
        {!held && <Share title={title} address={answer.url} />}
        <button type="button" className="tm-button tm-button--secondary tm-button--large" onClick={onAnother}>
          <Icon name="plus" />
          {w("another")}
        </button>
      </div>
      <p className="tm-muted">{w("another_hint")}</p>
      <Invite />
    </div>
  );
}

/* The path of an address of ours: this page's own host is the one that people can reach. */
function here(address) {
  return new URL(address, location.href).pathname;
}

function Share({ title, address }) {
  const w = useWords();
  const [said, setSaid] = useState("");
  const share = async () => {
    const url = new URL(here(address), location.href).href;
    try {
      if (navigator.share) await navigator.share({ title, url });
      else {
        await navigator.clipboard.writeText(url);
        setSaid(w("copied"));
      }
    } catch (failure) {
      // closing the share sheet is no failure
      if (failure?.name !== "AbortError") setSaid(w("copy_this", { url }));
    }
  };
  return (
    <>
      <button type="button" className="tm-button tm-button--secondary tm-button--large" onClick={share}>
        <Icon name="share" />
        {w("share")}
      </button>
      <p role="status" className="post-form__said">{said}</p>
    </>
  );
}
