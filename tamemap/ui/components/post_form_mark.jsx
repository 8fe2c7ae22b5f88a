/* What is said about reading: how far it is, what it has filled in, how sure that is, and where on the flyer it stands. */
import { useState } from "react";
import { Dialog } from "./post_form_dialog.jsx";
import { Icon, useWords } from "./post_form_parts.jsx";
import { lead } from "./post_form_check.js";
import { saidWhen } from "./post_form_dates.js";
import { FILLED } from "./post_form_read.js";
import { pieceOf } from "./post_form_shape.js";

const STEPS = ["waiting", "reading", "read"];
const HEADINGS = { when: "when_heading" };

/* The address of the picture of sheet `n` laid flat, of the reading `id` whose answer is `reading`. */
export function sheetUrl(reading, id, n) {
  return `/api/v1/readings/${id}/sheets/${n}?v=${reading.turn}`;
}

/* The line below the photographs. */
export function ReadingLine({ reading }) {
  const w = useWords();
  const { step, count, declined } = reading;
  const busy = step === "waiting" || step === "reading";
  const over = { read: declined ? "read_undone" : count ? "read_count" : "read_nothing", empty: "read_empty", missed: "read_missed", away: "read_away" }[step];
  return (
    <div className="post-form__reading">
      {busy && (
        <ol className="post-form__steps" aria-hidden="true">
          {STEPS.map((one) => <li key={one} data-now={one === step || undefined}>{w(`step_${one}`)}</li>)}
        </ol>
      )}
      <p role="status" className={busy ? "tm-visually-hidden" : undefined}>{busy ? w(`step_${step}`) : over && w(over, { n: count })}</p>
      {step === "read" && !declined && count > 0 && <Filled marks={reading.marks} />}
      {step === "read" && (count > 0 || declined) && (
        <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => reading.decline(!declined)}>
          <Icon name={declined ? "edit" : "undo"} />
          {w(declined ? "read_again" : "read_undo")}
        </button>
      )}
    </div>
  );
}

/* All that was filled in at one glance, the way to each field, and what is to be looked at twice. */
function Filled({ marks }) {
  const w = useWords();
  return (
    <ul className="post-form__filled">
      {FILLED.filter((name) => marks[name]).map((name) => {
        const { sure, value } = marks[name];
        return (
          <li key={name}>
            <button type="button" className="tm-button tm-button--quiet" onClick={() => lead(name === "when" ? "starts_at" : name)}>
              <Icon name={sure ? "check" : "warning"} kind="tm-icon--small" />
              <span className="post-form__what">{w(HEADINGS[name] ?? `field.${name}`)}</span>
              <span>{name === "when" ? saidWhen(value, w) : value}</span>
              {!sure && <span className="tm-visually-hidden">{w("mark_unsure")}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/* Under a field that was filled: whether to look twice, and from where it comes. */
export function Mark({ name, mark, reading }) {
  const w = useWords();
  const [open, setOpen] = useState(false);
  if (!mark) return null;
  return (
    <div className="post-form__mark" data-sure={mark.sure || undefined}>
      <span id={`pf-${name}-mark`}>
        <Icon name={mark.sure ? "check" : "warning"} kind="tm-icon--small" /> {w(mark.sure ? "mark_sure" : "mark_unsure")}
      </span>
      {mark.boxes.length > 0 && (
        <button type="button" className="tm-button tm-button--small tm-button--quiet" onClick={() => setOpen(true)}>
          {w("mark_where")}
          <span className="tm-visually-hidden">{w("mark_which", { field: w(HEADINGS[name] ?? `field.${name}`) })}</span>
        </button>
      )}
      {open && <Evidence name={name} mark={mark} reading={reading} onClose={() => setOpen(false)} />}
    </div>
  );
}

/* What does not fit together in the day that was read. That it is over is said below the day anyway. */
export function DayProblems({ mark }) {
  const w = useWords();
  const codes = (mark?.problems ?? []).filter((code) => code !== "past");
  return (
    <div id="pf-when-doubt">
      {codes.map((code) => (
        <p key={code} className="post-form__doubt">
          <Icon name="warning" kind="tm-icon--small" /> {w(`reading.problem.${code}`)}
        </p>
      ))}
    </div>
  );
}

function Evidence({ name, mark, reading, onClose }) {
  const w = useWords();
  const answer = reading.answer(mark.reading);
  const sheet = answer?.sheets[mark.sheet];
  const field = w(HEADINGS[name] ?? `field.${name}`);
  const reasons = mark.reasons.map((code) => [`reading.reason.${code}`, w(`reading.reason.${code}`)]).filter(([key, said]) => key !== said);
  return (
    <Dialog heading={w("evidence_heading", { field })} onClose={onClose}>
      {sheet && <Piece url={sheetUrl(answer, mark.reading, mark.sheet)} size={sheet.size} boxes={mark.boxes} alt={w("evidence_picture", { field })} />}
      {mark.lines.length > 0 && <p>{w("evidence_lines", { lines: mark.lines.join(w("comma")) })}</p>}
      {reasons.map(([key, said]) => <p key={key} className="tm-muted">{said}</p>)}
    </Dialog>
  );
}

/* The piece of the sheet around the boxes, with the boxes drawn in. */
function Piece({ url, size, boxes, alt }) {
  const [left, top, width, height] = pieceOf(boxes, size);
  const part = (share) => `${(share * 100).toFixed(3)}%`;
  const frame = { aspectRatio: `${width * size[0]} / ${height * size[1]}` };
  const whole = { width: part(1 / width), height: part(1 / height), left: part(-left / width), top: part(-top / height) };
  return (
    <div className="post-form__piece" style={frame}>
      <img src={url} alt={alt} style={whole} />
      {boxes.map(([x, y, wide, high], at) => (
        <span key={at} style={{ left: part((x - left) / width), top: part((y - top) / height), width: part(wide / width), height: part(high / height) }} />
      ))}
    </div>
  );
}
