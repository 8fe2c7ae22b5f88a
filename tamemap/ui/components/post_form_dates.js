/* Days and hours of the form: plain functions over "YYYY-MM-DD" and "HH:MM", always in Tokyo, wherever the phone is.
   A `when` is {on, start, allDay, startTime, end, endTime}; every part is the text of its native input. */

const TOKYO = { timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit" };
const DAY = 86400000;

export const NO_DAY = { on: false, start: "", allDay: true, startTime: "", end: "", endTime: "" };

/* Today in Tokyo. */
export function today(now = new Date()) {
  // by its parts: how a language writes a whole date differs from browser to browser
  const part = Object.fromEntries(new Intl.DateTimeFormat("en", TOKYO).formatToParts(now).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}`;
}

/* The day `days` later. */
export function plus(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/* 0 for Sunday … 6 for Saturday; null for what is no date (yet). */
export function weekday(date) {
  const moment = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) ? null : moment.getUTCDay();
}

/* The next such weekday after `date`: on a Saturday the coming Saturday is a week away, today has its own chip. */
export function coming(date, day) {
  return plus(date, ((day - weekday(date) + 6) % 7) + 1);
}

/* How many days from `first` to `last`, both counted. */
export function dayCount(first, last) {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY) + 1;
}

/* Month and day as numbers, for the date tab. */
export function monthDay(date) {
  return { month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/* A `when` as people say it; hours without a last day are those of the first. */
export function saidWhen(when, w) {
  const day = (date) => {
    const number = weekday(date);
    return w("day_said", { year: date.slice(0, 4), ...monthDay(date), weekday: w(`weekday_${number}`) });
  };
  if (weekday(when.start) === null) return "";
  const first = [day(when.start), !when.allDay && when.startTime].filter(Boolean).join(" ");
  const lastDay = when.end && when.end !== when.start && weekday(when.end) !== null ? day(when.end) : "";
  const last = [lastDay, !when.allDay && when.endTime].filter(Boolean).join(" ");
  return last ? w("from_to", { first, last }) : first;
}

/* What the API is sent, {starts_at, ends_at} (absent parts are ""), or {problems: {starts_at|ends_at: code}}.
   An end at 0:00 of the same day is the 24:00 that posters write. */
export function period(when) {
  if (!when.on) return { starts_at: "", ends_at: "", problems: {} };
  if (weekday(when.start) === null) return wrong("starts_at", "start_missing");
  if (when.allDay) {
    if (when.end && when.end < when.start) return wrong("ends_at", "end_before_start");
    return right(when.start, when.end && when.end !== when.start ? when.end : "");
  }
  if (!when.startTime) return wrong("starts_at", "start_time_missing");
  const starts = `${when.start}T${when.startTime}:00+09:00`;
  const lastDay = when.end || when.start;
  if (!when.endTime) {
    if (lastDay < when.start) return wrong("ends_at", "end_before_start");
    return lastDay === when.start ? right(starts, "") : wrong("ends_at", "end_time_missing");
  }
  const endTime = when.endTime === "00:00" && lastDay === when.start ? "24:00" : when.endTime;
  const ends = `${lastDay}T${endTime}:00+09:00`;
  return ends > starts ? right(starts, ends) : wrong("ends_at", "end_before_start");
}

function right(starts_at, ends_at) {
  return { starts_at, ends_at, problems: {} };
}

function wrong(field, code) {
  return { starts_at: "", ends_at: "", problems: { [field]: code } };
}

/* Whether the flyer's last day is over. */
export function isPast(when, now = today()) {
  const last = when.end && when.end > when.start ? when.end : when.start;
  return Boolean(when.on && last && last < now);
}
