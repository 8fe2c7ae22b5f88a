/* All that the form knows and does, in one hook; the pieces that look after one thing each are in their own modules. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useAlike } from "./post_form_alike.jsx";
import { newKey } from "./post_form_api.js";
import { getKept } from "./post_form_away.js";
import { EMPTY, entriesOf, inOrder, isBlank, lead, problemsFrom, problemsOf } from "./post_form_check.js";
import { useDraft } from "./post_form_draft.js";
import { entryOf, ownerOf } from "./post_form_queue.js";
import { useReadings } from "./post_form_reading.js";
import { useSending } from "./post_form_sending.js";
import { ask, isPosition, useGround, useTown } from "./post_form_towns.js";
import { usePhotos } from "./post_form_uploads.js";
import { useVoice } from "./post_form_voice.jsx";

/* How long the button waits for what is seen on the photographs. */
const PATIENCE = 20000;
const CONSENT = "tamemap.may_post";
/* What stays for 続けてもう一枚: the place and who announces. */
const STAYS = ["category", "venue", "address", "point", "organiser", "phone", "group"];
/* What a person has made of a photograph. */
const EDITED = ["edit", "shown", "sheet", "cut"];
/* After these a person has been shown what was read. */
const LOOKED = ["read", "empty"];
/* Changing these parts of the form answers these problems. */
const ANSWERS = { when: ["starts_at", "ends_at"], point: ["place"] };

/* Everything that the page shows and calls; `w` are its words, `limits` characters by field. */
export function usePosting(w, limits) {
  const [said, announce] = useState("");
  const [me, setMe] = useState(null);
  const [placing, setPlacing] = useState(0);
  const [asking, setAsking] = useState(false);
  const [hurried, setHurried] = useState(false);
  const { form, setForm, problems, setProblems, change: fill } = useFields();
  const consent = useConsent(setProblems);
  const own = useRef({ key: "", attempts: [], asked: [] }).current;
  own.form = form;

  const towns = useTown();
  const ground = useGround(form.point, w, towns);
  const photos = usePhotos({ w, announce, onArrived: (photo) => placeFrom(photo) });
  const reading = useReadings({ photos, form, fill, announce, w });
  const change = (part) => {
    reading.touch(Object.keys(part));
    fill(part);
  };
  // a photograph put in or taken out answers what was said about the photographs
  useEffect(() => setProblems(({ photos: _, ...rest }) => rest), [photos.items.length]);
  const picture = useMemo(() => photos.items[0]?.photo?.thumb ?? photos.url(photos.items[0]?.file), [photos.items]);

  /* The photograph's own place, when nobody has set one and it lies in a town. */
  async function placeFrom({ gps }) {
    const set = () => own.form.point && JSON.stringify(own.form.point) !== JSON.stringify(reading.carried.point);
    if (!isPosition(gps) || set()) return;
    setPlacing((count) => count + 1);
    const found = await ask(gps, w, towns);
    setPlacing((count) => count - 1);
    if (set()) return;
    if (found.state === "inside") change({ point: { lat: gps.lat, lng: gps.lng, from: "photo" } });
    else if (found.state === "outside") announce(w("photo_place_outside"));
  }

  function begin({ form: found = EMPTY, key = newKey(), attempts = [], read, problem } = {}, carried) {
    Object.assign(own, { key, attempts, asked: [] });
    setHurried(false);
    setForm({ ...EMPTY, ...found });
    const { fields, said } = problemsFrom(problem ?? {});
    if (Object.keys(fields).length) show(fields);
    else setProblems({});
    if (said) sending.reset({ said });
    reading.begin(read, carried);
  }

  const draft = useKept({ form, own, photos, reading, begin, change, w });

  const alike = useAlike({
    photos, point: form.point, when: form.when, announce, w, slug: ground.map?.slug ?? towns.town?.slug,
    onJoined: () => {
      photos.clear();
      draft.end();
    },
  });
  const voice = useVoice({ me, form, items: photos.items, ready: draft.ready, change });

  useEffect(() => {
    own.key ||= newKey();
    // without the address: it is kept on the phone
    getKept("/api/v1/me", { keep: ({ mail: _, ...found }) => found }).then(setMe, () => {});
  }, []);

  const sending = useSending({
    photos,
    w,
    placing: placing || reading.busy || (reading.open && !hurried && navigator.onLine),
    check,
    ask: pointOut,
    makeEntries: () => [...fields(), ...(own.unseen ? [["unseen", "true"]] : []), ...photos.items.map((item) => ["photo_id", item.photo.id])],
    makeEntry: () => entryOf({
      key: own.key, attempts: own.attempts, form, read: reading.kept, items: photos.items, me, w,
      fields: fields(), unseen: own.unseen,
    }),
    getKey: () => own.key,
    getWho: () => me && ownerOf(me).id,
    attempts: () => own.attempts,
    keep: (attempts) => draft.flush({ attempts: (own.attempts = attempts) }),
    onProblems: show,
    onDone: () => {
      consent.remember();
      voice.remember();
      own.shown = { title: form.title.trim(), picture, late: reading.open };
      reading.end();
      draft.end();
    },
    onQueued: () => {
      consent.remember();
      voice.remember();
      reading.end();
      photos.clear();
      draft.end();
      // they are the queue's now: as soon as there is signal both would send them
      photos.clear();
    },
  });

  function fields() {
    return entriesOf({ form, items: [], slug: ground.map?.slug });
  }

  /* Whether something goes out of which nobody could be asked: it is not read yet. */
  const isUnseen = () => photos.items.some((item) => !LOOKED.includes(reading.of(item)?.state));

  function send() {
    own.unseen = isUnseen();
    sending.begin();
  }

  function show(found) {
    setProblems(found);
    // the fields must carry their message before one of them is brought into view
    setTimeout(() => lead(inOrder(found)[0]), 50);
  }

  function check() {
    const found = problemsOf({ form, items: photos.items, ground, mayPost: consent.given, limits, w });
    // nothing goes out unblurred that somebody wants blurred; the queue blurs it first
    return navigator.onLine && photos.items.some(({ unsaved }) => unsaved) ? { photos: w("blur_failed"), ...found } : found;
  }

  /* Asked once for each photograph: what may not be meant for everybody is pointed out, and never keeps the flyer for good. */
  function pointOut() {
    const fresh = reading.undecided.map(([item]) => item.key).filter((key) => !own.asked.includes(key));
    if (!fresh.length) {
      own.unseen = isUnseen();
      return false;
    }
    own.asked.push(...fresh);
    setAsking(true);
    return true;
  }

  // what is seen on the photograph is looked for while the button waits, but nobody has to wait for it
  const looking = sending.phase === "waiting" && reading.open && !hurried && navigator.onLine && photos.items.every(({ state }) => state === "done");
  useEffect(() => {
    if (!looking) return undefined;
    const timer = setTimeout(() => setHurried(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [looking]);

  function submit(event) {
    event.preventDefault();
    const found = check();
    if (reading.again()) delete found.photos;
    // a photograph on its way may still tell its place
    if (placing || photos.items.some(({ state }) => state === "waiting" || state === "sending")) delete found.place;
    if (Object.keys(found).length) return show(found);
    setProblems({});
    send();
  }

  /* The answer to that question; without a deed the person looks first. */
  function answer(deed) {
    setAsking(false);
    if (!deed) return;
    for (const [item, ones] of reading.undecided) reading.decide(item, ones, deed);
    send();
  }

  /* The next flyer, at once with its photographs where these were taken on the page that said thanks. */
  function another(files = []) {
    photos.clear();
    const stays = Object.fromEntries(STAYS.map((name) => [name, form[name]]));
    begin({ form: stays }, stays);
    draft.dismiss();
    draft.resume();
    sending.reset();
    alike.begin();
    photos.add(files);
    setTimeout(() => scrollTo(0, 0));
  }

  return {
    form, change, problems, said, me, voice, consent, towns, ground, photos, reading, draft, sending, alike, submit, asking, answer, another,
    looking, hurry: () => setHurried(true),
    shown: own.shown, blank: isBlank(form, photos.items),
  };
}

function useFields() {
  const [form, setForm] = useState(EMPTY);
  const [problems, setProblems] = useState({});
  const change = (part) => {
    setForm((old) => ({ ...old, ...part }));
    const answered = Object.keys(part).flatMap((name) => ANSWERS[name] ?? [name]);
    setProblems((old) => Object.fromEntries(Object.entries(old).filter(([name]) => !answered.includes(name))));
  };
  return { form, setForm, problems, setProblems, change };
}

/* {given, set, trusted, remember}: who has posted once is not asked for the tick again. Private windows forget. */
function useConsent(setProblems) {
  const [given, setGiven] = useState(false);
  const [trusted, setTrusted] = useState(false);
  useEffect(() => {
    try {
      const before = localStorage.getItem(CONSENT) === "1";
      setGiven(before);
      setTrusted(before);
    } catch {
      setTrusted(false);
    }
  }, []);
  const set = (checked) => {
    setGiven(checked);
    setProblems(({ may_post: _, ...rest }) => rest);
  };
  const remember = () => {
    setTrusted(true);
    try {
      localStorage.setItem(CONSENT, "1");
    } catch {
      setTrusted(true);
    }
  };
  return { given, set, trusted, remember };
}

/* The draft on the disk and the banner about it: {ready, flush, forget, end, resume, banner: found|cleared|"", startOver, undo, dismiss}. */
function useKept({ form, own, photos, reading, begin, change, w }) {
  const [banner, setBanner] = useState("");
  const kept = ({ key, file, name, type, page, photo, upload, ...rest }) => ({
    key, file, name, type, page, photo, upload, ...Object.fromEntries(EDITED.map((part) => [part, rest[part]])),
  });
  const read = reading.kept;
  const disk = useDraft({
    current: { form, key: own.key, attempts: own.attempts, read, photos: photos.items.map(kept) },
    blank: isBlank(form, photos.items),
    onFound: ({ draft, files }) => {
      begin(draft);
      photos.restore(draft.photos ?? [], files);
      setBanner("found");
    },
    onShared: (shared) => {
      if (!shared) return photos.say(w("share_lost"));
      const words = { title: shared.title, body: shared.text, url: shared.url };
      change(Object.fromEntries(Object.entries(words).filter(([name, text]) => text && !own.form[name].trim())));
      photos.add(shared.files);
    },
  });
  const startOver = () => {
    own.before = { draft: { form, key: own.key, attempts: own.attempts, read }, ...photos.clear() };
    begin();
    disk.forget();
    setBanner("cleared");
  };
  const undo = () => {
    begin(own.before.draft);
    photos.keepAgain(own.before.items, own.before.files);
    setBanner("");
  };
  return { ...disk, banner, startOver, undo, dismiss: () => setBanner("") };
}
