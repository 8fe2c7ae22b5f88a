/* Searching a place by its name: a combobox after the ARIA Authoring Practices (list autocomplete, manual selection). */
import { useEffect, useRef, useState } from "react";
import { get } from "./post_form_api.js";
import { placesNamed } from "./post_form_away.js";
import { Icon, Problem, useWords } from "./post_form_parts.jsx";

const WAIT = 250;

/* `onPick(item)` gets what /places answered; `venue` is offered as something to look for; without signal it is looked
   for in `places`, the gazetteer that this phone keeps. */
export function PlaceSearch({ slug, places, venue, problem, onPick }) {
  const w = useWords();
  const [asked, setAsked] = useState("");
  const [found, setFound] = useState({ items: [], said: "" });
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const box = useRef(null);

  useEffect(() => {
    setActive(-1);
    if (!asked.trim()) return setFound({ items: [], said: "" });
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { items } = await get(`/api/v1/places?${new URLSearchParams({ q: asked.trim(), ...(slug && { map: slug }) })}`, stop.signal);
        setFound({ items, said: items.length ? w("places_found", { n: items.length }) : w("places_none") });
      } catch (failure) {
        const items = failure.network ? placesNamed(asked, places) : [];
        if (items.length) setFound({ items, said: w("places_found", { n: items.length }) });
        else if (!failure.cancelled) setFound({ items: [], said: failure.problem?.detail || w("places_failed") });
      }
    }, WAIT);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, slug, places]);

  const { items } = found;
  const shown = open && items.length > 0;
  useEffect(() => {
    document.getElementById(`pf-place-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  function take(item) {
    setOpen(false);
    setAsked("");
    onPick(item);
  }

  function onKeyDown(event) {
    // Enter and arrows belong to the input method while it converts kana
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      setOpen(true);
      setActive((active + step + (active < 0 && step < 0 ? 1 : 0) + items.length) % items.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown) take(items[Math.max(active, 0)]);
    } else if (event.key === "Escape") {
      if (shown) setOpen(false);
      else setAsked("");
    }
  }

  return (
    <div className="tm-field post-form__search">
      <label className="tm-field__label" htmlFor="pf-place">{w("search_label")}</label>
      <input id="pf-place" ref={box} className="tm-input" type="text" inputMode="search" enterKeyHint="search" autoComplete="off" role="combobox"
        aria-autocomplete="list" aria-expanded={shown} aria-controls="pf-place-list" aria-activedescendant={shown && active >= 0 ? `pf-place-${active}` : undefined}
        aria-invalid={problem ? "true" : undefined} aria-describedby={problem ? "pf-place-error" : undefined} placeholder={w("search_example")}
        value={asked} onChange={(event) => { setAsked(event.target.value); setOpen(true); }} onKeyDown={onKeyDown}
        onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} />
      <ul id="pf-place-list" className="post-form__places" role="listbox" aria-label={w("search_label")} hidden={!shown}>
        {items.map((item, at) => (
          // mousedown would take the focus away, and the list with it, before the click arrives
          <li key={at} id={`pf-place-${at}`} role="option" aria-selected={at === active} onMouseDown={(event) => event.preventDefault()} onClick={() => take(item)}>
            <strong>{item.name}</strong>
            <span>{item.address || item.municipality?.name}</span>
          </li>
        ))}
      </ul>
      <p role="status" className={items.length ? "tm-visually-hidden" : "tm-field__hint"}>{asked.trim() && found.said}</p>
      {problem && <Problem id="pf-place-error">{problem}</Problem>}
      {venue.trim() && !asked && (
        <button type="button" className="tm-chip post-form__suggest" onClick={() => { setAsked(venue.trim()); setOpen(true); box.current.focus(); }}>
          <Icon name="search" kind="tm-icon--small" />
          {w("search_venue", { venue: venue.trim() })}
        </button>
      )}
    </div>
  );
}
