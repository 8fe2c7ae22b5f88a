/* The one tick: also for people elsewhere, with what they will see and what stays with the residents. */
import { monthDay, weekday } from "./post_form_dates.js";
import { Icon, Section, useWords } from "./post_form_parts.jsx";

export function Outside({ form, onChange, above, hideable, photos, categories }) {
  const w = useWords();
  const filled = hideable.filter((name) => form[name].trim());
  const seen = filled.filter((name) => !form.hidden.includes(name));
  const hide = (name, hidden) => onChange({ hidden: hidden ? [...form.hidden, name] : form.hidden.filter((one) => one !== name) });
  return (
    <Section id="outside" heading={w("outside_heading")}>
      <label className="tm-check tm-check--card">
        <input id="pf-outside" type="checkbox" checked={form.outside} onChange={(event) => onChange({ outside: event.target.checked })} aria-describedby="pf-outside-hint" />
        <span>
          <strong>{w("outside")}</strong>
          <span id="pf-outside-hint" className="post-form__from">{above ? w("outside_also", { map: above.name }) : w("outside_hint")}</span>
        </span>
      </label>
      {form.outside && (
        <div className="post-form__outside">
          <div>
            <h3 id="pf-preview">{w("preview_heading")}</h3>
            <Preview form={form} seen={seen} photos={photos} categories={categories} />
          </div>
          <div className="tm-stack tm-stack--tight">
            {filled.length > 0 && (
              <fieldset>
                <legend className="tm-field__label">{w("hidden_heading")}</legend>
                {filled.map((name) => (
                  <label key={name} className="tm-check">
                    <input type="checkbox" checked={form.hidden.includes(name)} onChange={(event) => hide(name, event.target.checked)} />
                    <span>{w("hide_field", { field: w(`field.${name}`) })}</span>
                  </label>
                ))}
              </fieldset>
            )}
            <p className="tm-field__hint">
              <Icon name="info" kind="tm-icon--small" /> {w("picture_remains")}
            </p>
          </div>
        </div>
      )}
    </Section>
  );
}

function Preview({ form, seen, photos, categories }) {
  const w = useWords();
  const [first] = photos.items;
  const picture = first && (first.photo?.thumb ?? photos.url(first.file));
  const category = categories.find((one) => one.code === form.category);
  const facts = seen.filter((name) => name !== "venue");
  return (
    <article className="tm-card post-form__preview" aria-labelledby="pf-preview">
      <div className={`tm-card__picture ${first?.photo?.width > first?.photo?.height ? "tm-card__picture--wide" : ""}`}>
        {picture && <img src={picture} alt="" />}
      </div>
      <DateTab when={form.when} />
      <p className="tm-card__title"><strong>{form.title.trim() || w("preview_untitled")}</strong></p>
      <div className="tm-card__facts">
        <span className="tm-category" data-category={form.category}>
          <Icon sprite="categories" name={form.category} /> {category.word}
        </span>
        {seen.includes("venue") && <span className="tm-card__place">{form.venue}</span>}
        {facts.length > 0 && <span>{w("preview_more", { fields: facts.map((name) => w(`field.${name}`)).join(w("comma")) })}</span>}
      </div>
    </article>
  );
}

function DateTab({ when }) {
  const w = useWords();
  const number = weekday(when.start);
  if (!when.on || number === null) return null;
  const { month, day } = monthDay(when.start);
  const kind = { 0: "tm-datetab--sun", 6: "tm-datetab--sat" }[number] ?? "";
  return (
    <div className={`tm-datetab ${kind}`}>
      <span className="tm-datetab__month">{w("month", { month })}</span>
      <span className="tm-datetab__day">{day}</span>
      <span className="tm-datetab__weekday">{w(`weekday_${number}`)}</span>
    </div>
  );
}
