/* Small pieces that every section of the form is made of. */
import { createContext, useContext, useState } from "react";
import { length } from "./post_form_check.js";

export const Words = createContext({});

/* The words of the page: w("key", {name: value}). */
export function useWords() {
  const words = useContext(Words);
  return (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/* A sign from the sprites; words stand beside it or label its button. */
export function Icon({ name, sprite = "ui", kind = "" }) {
  return (
    <svg className={`tm-icon ${kind}`} aria-hidden="true" focusable="false" width="24" height="24">
      <use href={`/icons/${sprite}.svg#${name}`} />
    </svg>
  );
}

/* A section with its heading. */
export function Section({ id, heading, note, children }) {
  return (
    <section className="post-form__section" aria-labelledby={`pf-${id}-heading`}>
      <h2 id={`pf-${id}-heading`}>
        {heading}
        {note && <span className="tm-field__optional">{note}</span>}
      </h2>
      {children}
    </section>
  );
}

/* A large picture that comes over the line; `children` lie over it and come when it is there. The rest are the image's own props. */
export function Large({ children, ...image }) {
  const w = useWords();
  const [state, setState] = useState("");
  return (
    <>
      <img draggable="false" onLoad={() => setState("there")} onError={() => setState("missed")} {...image} />
      {state === "" && <span className="tm-spinner" role="status" aria-label={w("picture_loading")} />}
      {state === "missed" && <Problem>{w("picture_failed")}</Problem>}
      {state === "there" && children}
    </>
  );
}

/* Something wrong, said beside the thing itself. */
export function Problem({ id, children }) {
  return (
    <p id={id} className="tm-field__error">
      {children && (
        <>
          <Icon name="warning" kind="tm-icon--small" /> {children}
        </>
      )}
    </p>
  );
}

/* Something to know, with what can be done about it. */
export function Banner({ kind = "info", icon = kind === "info" ? "info" : "warning", role, children }) {
  return (
    <div className={`tm-banner tm-banner--${kind}`} role={role}>
      <Icon name={icon} />
      <div className="tm-banner__body">{children}</div>
    </div>
  );
}

/* One line or some lines of text with label, hint, counter, what is wrong, and `mark`: what is said about a value that was read. */
export function TextField({ name, value, onChange, problem, limit, counter, required, hint, lines, mark, ...rest }) {
  const w = useWords();
  const Tag = lines ? "textarea" : "input";
  const size = length(value);
  const said = problem || (limit && size > limit ? w("too_long", { limit, over: size - limit }) : "");
  const described = [hint && `pf-${name}-hint`, counter && `pf-${name}-count`, mark && `pf-${name}-mark`, said && `pf-${name}-error`].filter(Boolean);
  return (
    <div className="tm-field">
      <label className="tm-field__label" htmlFor={`pf-${name}`}>
        {w(`field.${name}`)}
        {required && <span className="tm-field__required">{w("required")}</span>}
      </label>
      {hint && (
        <p id={`pf-${name}-hint`} className="tm-field__hint">
          {hint}
        </p>
      )}
      <Tag
        id={`pf-${name}`}
        name={name}
        className={lines ? "tm-textarea" : "tm-input"}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-required={required || undefined}
        aria-invalid={said ? "true" : undefined}
        aria-describedby={described.join(" ") || undefined}
        {...rest}
      />
      {mark}
      <div className="post-form__under">
        {said ? <Problem id={`pf-${name}-error`}>{said}</Problem> : <span />}
        {counter && (
          <span id={`pf-${name}-count`} className="post-form__count">
            <span aria-hidden="true">{`${size}/${limit}`}</span>
            <span className="tm-visually-hidden">{w("counter", { size, limit })}</span>
          </span>
        )}
      </div>
    </div>
  );
}
