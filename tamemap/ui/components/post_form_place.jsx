/* Where the flyer hangs: the photo's own place, this phone's, a name, or a tap on the map; and whose map that is. */
import { useState } from "react";
import { PinMap } from "./post_form_map.jsx";
import { Mark } from "./post_form_mark.jsx";
import { Banner, Icon, Section, TextField, useWords } from "./post_form_parts.jsx";
import { mayPlace } from "./post_form_read.js";
import { PlaceSearch } from "./post_form_search.jsx";
import { isPosition } from "./post_form_towns.js";

const NAMED = ["facility", "office"];
const ROUGH = 100;

/* `onChange(part)` changes the form: point, venue, address. */
export function Place({ form, onChange, towns, ground, problems, limits, reading }) {
  const w = useWords();
  const { point } = form;
  const [tools, setTools] = useState(false);
  const open = tools || !point || point.from !== "photo" || ground.state === "outside" || Boolean(problems.place);
  const setPoint = (found, from, more = {}) => {
    setTools(true);
    onChange({ point: { lat: found.lat, lng: found.lng, from, ...more } });
  };
  const pick = (item) => {
    setPoint(item, "search", { name: item.name });
    // a house with a name is most likely the venue; a 町字 is not
    if (NAMED.includes(item.kind) && !form.venue.trim()) onChange({ venue: item.name, address: form.address || item.address || "" });
  };
  return (
    <Section id="where" heading={w("where_heading")}>
      <TextField name="venue" value={form.venue} onChange={(venue) => onChange({ venue })} limit={limits.venue} problem={problems.venue} hint={w("venue_hint")} autoComplete="off"
        mark={reading.marks.venue && <Mark name="venue" mark={reading.marks.venue} reading={reading} />} />
      <Suggestion place={reading.place} offered={mayPlace(point, reading.place, reading.carried.point)} onPick={(place) => setPoint(place, "reading", { name: place.name })} />
      <Ground point={point} ground={ground} open={open} onOpen={() => setTools(true)} />
      {open && (
        <>
          <Here onFound={(found) => setPoint(found, "here", { rough: found.rough })} />
          <PlaceSearch slug={towns.town?.slug} places={towns.town?.places} venue={point ? "" : form.venue} problem={problems.place} onPick={pick} />
        </>
      )}
      {towns.failed && (
        <Banner kind="warning">
          {w("towns_failed")}{" "}
          <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={towns.again}>{w("again")}</button>
        </Banner>
      )}
      <PinMap town={towns.town} point={point} category={form.category} onPoint={(found) => setPoint(found, "map")} />
    </Section>
  );
}

/* The place that was read, for one tap. */
function Suggestion({ place, offered, onPick }) {
  const w = useWords();
  if (!offered) return null;
  return (
    <div>
      <button type="button" className="tm-chip post-form__suggest" onClick={() => onPick(place)}>
        <Icon name="place" kind="tm-icon--small" />
        {w("place_offer", { name: place.name })}
      </button>
      <p className="tm-field__hint">{w(`reading.place.${place.why}`)}</p>
    </div>
  );
}

/* Which town's map it goes on, or why none. */
function Ground({ point, ground, open, onOpen }) {
  const w = useWords();
  const from = point && { photo: w("from_photo"), here: w("from_here"), reading: w("from_reading") }[point.from];
  return (
    <div aria-live="polite">
      {ground.state === "none" && <p className="tm-muted">{w("where_hint")}</p>}
      {ground.state === "asking" && !ground.map && <p className="tm-muted">{w("ground_asking")}</p>}
      {ground.state === "unknown" && <Banner>{w("ground_unknown")}</Banner>}
      {ground.state === "outside" && <Banner kind="warning">{ground.said}</Banner>}
      {ground.map && ["inside", "asking"].includes(ground.state) && (
        <Banner kind="success" icon="check">
          <strong>{w("goes_on", { map: ground.map.name })}</strong>
          {ground.place?.name && <span className="post-form__near">{w("near_place", { place: ground.place.name })}</span>}
          {from && (
            <span className="post-form__from">
              {from}
              {!open && <button type="button" className="tm-button tm-button--small tm-button--quiet" onClick={onOpen}>{w("change_place")}</button>}
            </span>
          )}
          {point?.rough > ROUGH && <span className="post-form__from">{w("rough", { metres: Math.round(point.rough) })}</span>}
        </Banner>
      )}
    </div>
  );
}

/* The phone's position: asked for only on this tap, and why is said beside the button. */
function Here({ onFound }) {
  const w = useWords();
  const [state, setState] = useState("");
  const ask = () => {
    setState("asking");
    const found = ({ coords }) => {
      const here = { lat: coords.latitude, lng: coords.longitude, rough: coords.accuracy };
      setState(isPosition(here) ? "" : "here_failed");
      if (isPosition(here)) onFound(here);
    };
    const missed = (failure) => setState(failure?.code === 1 ? "here_denied" : "here_failed");
    if (!navigator.geolocation) missed();
    else navigator.geolocation.getCurrentPosition(found, missed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  };
  return (
    <div className="post-form__here">
      <button type="button" className="tm-button tm-button--secondary" aria-describedby="pf-here-why" disabled={state === "asking"} onClick={ask}>
        {state === "asking" ? <span className="tm-spinner" aria-hidden="true" /> : <Icon name="here" />}
        {state === "asking" ? w("here_asking") : w("here")}
      </button>
      <p id="pf-here-why" className="tm-field__hint">{w("here_why")}</p>
      <div role="status">{state && state !== "asking" && <Banner kind="warning">{w(state)}</Banner>}</div>
    </div>
  );
}
