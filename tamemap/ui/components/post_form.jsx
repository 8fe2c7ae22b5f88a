/* The screen /post: photograph, place, words, one tick, 貼る. No Reflex State: it works while the socket is down, and every
   word that people read comes in `words`. */
import { useEffect, useRef } from "react";
import { Alike, Joined } from "./post_form_alike.jsx";
import { DETAILS } from "./post_form_check.js";
import { Done } from "./post_form_done.jsx";
import { Bar, Categories, Consent, DraftBanner, Failure, GuestHint, NoSignal, ProofHint, SendButton, Summary } from "./post_form_frame.jsx";
import { Ask } from "./post_form_look.jsx";
import { Mark } from "./post_form_mark.jsx";
import { Outside } from "./post_form_outside.jsx";
import { Section, TextField, Words, useWords } from "./post_form_parts.jsx";
import { Photos } from "./post_form_photos.jsx";
import { Place } from "./post_form_place.jsx";
import { usePosting } from "./post_form_posting.js";
import { useQueue } from "./post_form_queue.js";
import { Voice } from "./post_form_voice.jsx";
import { Queued, Waiting } from "./post_form_waiting.jsx";
import { When } from "./post_form_when.jsx";

const INPUTS = {
  body: { lines: true, rows: 4 },
  phone: { type: "tel", autoComplete: "tel" },
  url: { inputMode: "url", autoComplete: "url" },
};

/* `words`: sections "post" and "reading" (these with their prefix); `categories`: [{code, word}]; `limits`: {field: characters}; `hideable`: field names; `sheet`: address of the style. */
export function PostForm({ words, sheet, ...house }) {
  return (
    <Words.Provider value={words}>
      <link rel="stylesheet" href={sheet} precedence="default" />
      <link rel="stylesheet" href="/post/queue.css" precedence="default" />
      <noscript>{words.noscript}</noscript>
      <Page {...house} />
    </Words.Provider>
  );
}

function Page({ categories, limits, hideable }) {
  const w = useWords();
  const posting = usePosting(w, limits);
  const queue = useQueue();
  const { form, change, problems, consent, towns, ground, photos, reading, draft, sending, alike } = posting;
  if (sending.phase === "done") {
    return <Done answer={sending.answer} stale={sending.stale} {...posting.shown} undecided={reading.undecided} still={reading.open} onAnother={posting.another} />;
  }
  if (alike.joined) return <Joined joined={alike.joined} onAnother={posting.another} />;
  if (sending.phase === "queued") return <Queued queue={queue} letDraftGo={draft.end} onAnother={posting.another} />;
  const above = ground.above ?? towns.maps.find((map) => map.slug === towns.town?.above);
  return (
    <form className="post-form" noValidate onSubmit={posting.submit} data-ready={draft.ready || undefined}>
      <h1>{w("heading")}</h1>
      <p role="status" className="tm-visually-hidden">{posting.said}</p>
      <Waiting queue={queue} busy={!posting.blank} letDraftGo={draft.end} />
      <NoSignal />
      <DraftBanner draft={draft} />
      <GuestHint me={posting.me} map={towns.maps.find((map) => map.slug === ground.map?.slug)} />
      <ProofHint me={posting.me} map={towns.maps.find((map) => map.slug === ground.map?.slug) ?? towns.town} />
      <Summary problems={problems} />
      <div className="post-form__columns">
        <div className="post-form__left">
          <Photos photos={photos} problem={problems.photos} reading={reading} />
          <Alike alike={alike} why="picture" />
        </div>
        <div className="post-form__right">
          <Voice voice={posting.voice} group={form.group} problem={problems.group} />
          <Section id="what" heading={w("what_heading")}>
            <Text name="title" {...{ form, change, problems, limits, reading }} required counter enterKeyHint="done" autoComplete="off" />
            <Categories categories={categories} chosen={form.category} problem={problems.category} onChange={(category) => change({ category })} />
          </Section>
          <When when={form.when} onChange={(when) => change({ when })} problems={problems} reading={reading} />
          <Place form={form} onChange={change} towns={towns} ground={ground} problems={problems} limits={limits} reading={reading} />
          <Alike alike={alike} why="near" />
          <More filled={DETAILS.some((name) => reading.marks[name])}>
            {DETAILS.map((name) => <Text key={name} name={name} {...{ form, change, problems, limits, reading }} {...INPUTS[name]} />)}
          </More>
          <Outside form={form} onChange={change} above={above} hideable={hideable} photos={photos} categories={categories} />
          {consent.trusted && <Consent consent={consent} problem={problems.may_post} />}
        </div>
      </div>
      <Bar blank={posting.blank}>
        <Failure failure={sending.failure} onNew={posting.another} />
        {!consent.trusted && <Consent consent={consent} problem={problems.may_post} />}
        <SendButton sending={sending} photos={photos} ground={ground} looking={posting.looking} onHurry={posting.hurry} />
      </Bar>
      {posting.asking && <Ask undecided={reading.undecided} onAnswer={posting.answer} />}
    </form>
  );
}

/* The drawer opens when something was filled in there: nobody puts up what they have not seen. */
function More({ filled, children }) {
  const w = useWords();
  const drawer = useRef(null);
  useEffect(() => {
    if (filled) drawer.current.open = true;
  }, [filled]);
  return (
    <details ref={drawer} className="post-form__more">
      <summary>
        {w("more")}
        <span className="tm-field__optional">{w("more_hint")}</span>
      </summary>
      <div className="tm-stack">{children}</div>
    </details>
  );
}

function Text({ name, form, change, problems, limits, reading, ...rest }) {
  const mark = reading.marks[name];
  return (
    <TextField name={name} value={form[name]} onChange={(value) => change({ [name]: value })} limit={limits[name]} problem={problems[name]}
      mark={mark && <Mark name={name} mark={mark} reading={reading} />} {...rest} />
  );
}
