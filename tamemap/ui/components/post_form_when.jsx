/* Day and time: off by default, one tap for the usual days, several days, all day, and a kind word before it is sent. */
import { coming, dayCount, isPast, period, plus, saidWhen, today, weekday } from "./post_form_dates.js";
import { DayProblems, Mark } from "./post_form_mark.jsx";
import { Banner, Icon, Problem, Section, useWords } from "./post_form_parts.jsx";

const CHIPS = [
  ["today", () => today()],
  ["tomorrow", () => plus(today(), 1)],
  ["saturday", () => coming(today(), 6)],
  ["sunday", () => coming(today(), 0)],
];

export function When({ when, onChange, problems, reading }) {
  const w = useWords();
  const mark = reading.marks.when;
  const set = (part) => onChange({ ...when, ...part });
  // an end before the start is said at once, what is merely missing waits for the button
  const ends = problems.ends_at || (period(when).problems.ends_at === "end_before_start" ? w("end_before_start") : "");
  return (
    <Section id="when" heading={w("when_heading")} note={w("optional")}>
      <div className="tm-chips" role="group" aria-labelledby="pf-when-heading">
        {CHIPS.map(([name, day]) => (
          <button
            key={name}
            type="button"
            className="tm-chip"
            aria-pressed={when.on && when.start !== "" && when.start === day()}
            onClick={() => set({ on: true, start: day(), end: "" })}
          >
            {w(`chip_${name}`)}
          </button>
        ))}
        <button type="button" className="tm-chip" aria-pressed={when.on} aria-expanded={when.on} onClick={() => set({ on: !when.on })}>
          <Icon name="calendar" kind="tm-icon--small" />
          {w("when_on")}
        </button>
      </div>
      {when.on && (
        <div className="post-form__when">
          <Mark name="when" mark={mark} reading={reading} />
          <DayProblems mark={mark} />
          <Moment side="starts_at" day={when.start} time={when.startTime} allDay={when.allDay} problem={problems.starts_at}
            onDay={(start) => set({ start })} onTime={(startTime) => set({ startTime })} />
          <label className="tm-check">
            <input type="checkbox" checked={when.allDay} onChange={(event) => set({ allDay: event.target.checked })} />
            <span>{w("all_day")}</span>
          </label>
          <Moment side="ends_at" day={when.end} time={when.endTime} allDay={when.allDay} problem={ends} min={when.start || undefined}
            onDay={(end) => set({ end })} onTime={(endTime) => set({ endTime })}
            extra={overnight(when) && (
              <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => set({ end: plus(when.start, 1) })}>
                {w("until_next_day")}
              </button>
            )} />
          {!when.allDay && when.endTime && !when.end && !period(when).problems.ends_at && <p className="tm-muted">{w("ends_same_day", { when: saidWhen(when, w) })}</p>}
          {when.end > when.start && <p>{w("day_count", { n: dayCount(when.start, when.end) })}</p>}
          <div id="pf-when-past" role="status">{isPast(when) && <Banner kind="warning">{w("past_day")}</Banner>}</div>
        </div>
      )}
    </Section>
  );
}

/* 20:00 to 2:00 without a last day: most likely the night goes on. */
function overnight(when) {
  return !when.allDay && when.start && !when.end && when.endTime && when.startTime && when.endTime <= when.startTime && when.endTime !== "00:00";
}

function Moment({ side, day, time, allDay, problem, min, onDay, onTime, extra }) {
  const w = useWords();
  const number = weekday(day);
  const error = [problem && `pf-${side}-error`, "pf-when-doubt", "pf-when-past"].filter(Boolean).join(" ");
  const wrong = problem ? "true" : undefined;
  return (
    <fieldset className="tm-field">
      <legend className="tm-field__label">
        {w(side)}
        {side === "ends_at" && <span className="tm-field__optional">{w("optional")}</span>}
      </legend>
      <div className="post-form__moment">
        <label>
          <span className="tm-visually-hidden">{w(`${side}_day`)}</span>
          <input id={`pf-${side}`} type="date" className="tm-input" value={day} min={min} aria-invalid={wrong} aria-describedby={error}
            onChange={(event) => onDay(event.target.value)} />
        </label>
        <output className="post-form__weekday" htmlFor={`pf-${side}`} data-day={number ?? undefined}>
          {number !== null && w("weekday_mark", { weekday: w(`weekday_${number}`) })}
        </output>
        {!allDay && (
          <label>
            <span className="tm-visually-hidden">{w(`${side}_time`)}</span>
            <input id={`pf-${side}-time`} type="time" className="tm-input" value={time} aria-invalid={wrong} aria-describedby={error}
              onChange={(event) => onTime(event.target.value)} />
          </label>
        )}
      </div>
      {problem && <Problem id={`pf-${side}-error`}>{problem}</Problem>}
      {extra}
    </fieldset>
  );
}
