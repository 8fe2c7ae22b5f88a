/* Sending the flyer: once, however often it is tapped; after the photographs; what cannot be sent now waits in the queue. */
import { useEffect, useRef, useState } from "react";
import { sendFlyer } from "./post_form_api.js";
import { problemsFrom } from "./post_form_check.js";
import { drop, hold, holdOn, lastSent, letGo, noteSent, onSent } from "./post_form_queue.js";

const STILL = 25000;

/* {phase: writing|waiting|sending|queued|done, failure, answer, stale, begin, reset}. `failure` is {said, again, signIn, prove,
   sent: {url} when another window has posted it}.
   Nothing is sent before every photograph has arrived and told its place (`placing`), `check()` finds nothing to mend and `ask()`
   has nothing to ask.
   `makeEntry()` is what waits in the queue from the first tap on, so that whoever is cut off or leaves has sent it all the same;
   `getWho()` is in whose name it is written, `attempts()` are the entries of tries whose outcome nobody knows, `keep(attempts)` must put them on the disk with the key;
   `onProblems(fields)` hears what the server wants mended, `onQueued()` that the rest is the queue's. */
export function useSending({ photos, placing, check, ask, makeEntries, makeEntry, getKey, getWho, attempts, keep, onProblems, onDone, onQueued, w }) {
  const [state, setState] = useState({ phase: "writing" });
  const phase = useRef("writing");
  const renewed = useRef(false);
  const held = useRef(null);
  const to = (next) => {
    phase.current = next.phase;
    setState(next);
  };

  const begin = () => {
    // a second tap arrives before React has drawn the first one
    if (phase.current !== "writing") return;
    // a phone that could keep nothing tries the line itself
    if (state.failure?.again) for (const item of photos.items) if (item.offline && item.state === "failed") photos.retry(item.key);
    held.current = hold(makeEntry(), photos.blobs).catch(() => {});
    to({ phase: "waiting" });
  };

  /* The form has it again: what is in the queue would be sent besides. */
  const write = async (failure) => {
    await held.current;
    await drop(getKey()).catch(() => {});
    to({ phase: "writing", failure });
  };

  /* Another window has posted this draft: here it can only be looked at, or left for a new one. */
  const elsewhere = () => {
    const { key, url } = lastSent();
    return { said: w("sent_elsewhere"), sent: { url: key === getKey() ? url : null } };
  };
  useEffect(() => onSent(() => {
    if (phase.current === "writing" && lastSent().key === getKey()) to({ phase: "writing", failure: elsewhere() });
  }), []);

  useEffect(() => {
    if (!["waiting", "sending"].includes(state.phase)) return undefined;
    const still = setInterval(() => holdOn(getKey()).catch(() => {}), STILL);
    return () => clearInterval(still);
  }, [state.phase]);

  useEffect(() => {
    if (state.phase !== "waiting") return;
    const stuck = photos.items.find((item) => item.state === "failed" || item.state === "stopped");
    if (photos.items.some(({ offline, state: now }) => offline && now === "failed")) {
      // what the photograph would have told must be there before it waits
      const found = check();
      if (Object.keys(found).length) {
        write();
        onProblems(found);
      } else queue();
    } else if (stuck) {
      write();
      onProblems({ photos: stuck.problem });
    } else if (!placing && photos.items.every((item) => item.state === "done")) {
      const found = check();
      const mend = Object.keys(found).length > 0;
      if (mend || ask()) {
        write();
        if (mend) onProblems(found);
      } else {
        to({ phase: "sending" });
        post(makeEntries());
      }
    }
  }, [state.phase, photos.items, placing]);

  async function post(entries) {
    const same = (other) => JSON.stringify(other) === JSON.stringify(entries);
    const earlier = attempts().filter((other) => !same(other));
    // on the disk before it is sent: if everything goes dark now, the next try must know of this one
    await keep([...earlier, entries]);
    await held.current;
    await hold(makeEntry(), photos.blobs).catch(() => {});
    try {
      await finish(await sendFlyer(entries, getKey(), getWho()).done, false);
    } catch (failure) {
      if (failure.problem?.code === "key_used_otherwise") return claim(earlier.reverse());
      // refused for certain: this try left nothing behind
      if (failure.status >= 400 && failure.status < 500) keep(earlier);
      missed(failure);
    }
  }

  /* The key is spent: an earlier try did arrive, only its answer was lost. Ask for that answer again. */
  async function claim([entries, ...rest]) {
    if (!entries) return write(elsewhere());
    try {
      await finish(await sendFlyer(entries, getKey(), getWho()).done, true);
    } catch (other) {
      if (other.problem?.code === "key_used_otherwise") await claim(rest);
      else missed(other);
    }
  }

  async function finish(answer, stale) {
    await drop(getKey()).catch(() => {});
    noteSent(getKey(), answer.url);
    to({ phase: "done", answer, stale });
    onDone(answer);
  }

  /* No signal, or nobody there who answers: it goes by itself, later. */
  async function queue() {
    to({ phase: "sending" });
    try {
      await held.current;
      await letGo(makeEntry(), photos.blobs);
    } catch {
      // a browser that keeps nothing
      return to({ phase: "writing", failure: { said: w("send_offline"), again: true } });
    }
    to({ phase: "queued" });
    onQueued();
  }

  function missed(failure) {
    // somebody else is signed in by now, or nobody: the queue says so, and waits for the one who wrote it
    if (!failure.status || failure.status >= 500 || failure.problem.code === "written_by_another") return queue();
    const { fields, said } = problemsFrom(failure.problem);
    if (!renewed.current && failure.problem.errors?.some(({ code }) => code === "photo_unknown")) {
      // the server has tidied up since: the bytes are still here, so send them again and go on
      renewed.current = true;
      photos.resend();
      return to({ phase: "waiting" });
    }
    const signIn = failure.status === 401;
    const prove = failure.problem.code === "not_allowed_proof_only";
    const again = failure.status === 429;
    write(Object.keys(fields).length ? undefined : { said: said || w("send_failed"), again, signIn, prove });
    if (Object.keys(fields).length) onProblems(fields);
    return undefined;
  }

  return { ...state, begin, reset: (failure) => to({ phase: "writing", failure }) };
}
