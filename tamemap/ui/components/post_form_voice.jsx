/* In whose name the flyer is put up: for those who speak for groups. */
import { useEffect } from "react";
import { isBlank } from "./post_form_check.js";
import { Problem, useWords } from "./post_form_parts.jsx";

const REMEMBERED = "tamemap.group";

/* {groups, speak, remember}: the groups of whoever is signed in; `speak(slug)` chooses one (""; oneself) and names it as organiser
   where nothing else was typed. `me` is null until it is known: then what stands in the draft stays. */
export function useVoice({ me, form, items, ready, change }) {
  const groups = me?.groups ?? [];
  const find = (slug) => groups.find((one) => one.slug === slug);

  const speak = (slug) => {
    const before = find(form.group)?.name ?? "";
    const typed = form.organiser.trim() && form.organiser !== before;
    change({ group: slug, organiser: typed ? form.organiser : (find(slug)?.name ?? "") });
  };

  useEffect(() => {
    if (!me || !ready) return;
    const asked = new URLSearchParams(location.search).get("group");
    const wanted = [asked, form.group, isBlank(form, items) && remembered()].find(find) ?? "";
    if (wanted !== form.group) speak(wanted);
  }, [me, ready]);

  return { groups, speak, remember: () => groups.length && keep(form.group) };
}

/* Private windows forget. */
function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

function keep(slug) {
  try {
    localStorage.setItem(REMEMBERED, slug);
  } catch {
    // next time it is chosen again
  }
}

export function Voice({ voice, group, problem }) {
  const w = useWords();
  if (!voice.groups.length) return null;
  return (
    <div className="tm-field">
      <label className="tm-field__label" htmlFor="pf-group">
        {w("field.group")}
      </label>
      <p id="pf-group-hint" className="tm-field__hint">
        {w("group_hint")}
      </p>
      <select id="pf-group" className="tm-select" value={group} onChange={(event) => voice.speak(event.target.value)}
        aria-invalid={problem ? "true" : undefined} aria-describedby={problem ? "pf-group-hint pf-group-error" : "pf-group-hint"}>
        <option value="">{w("own_name")}</option>
        {voice.groups.map((one) => (
          <option key={one.slug} value={one.slug}>
            {one.name}
          </option>
        ))}
      </select>
      {problem && <Problem id="pf-group-error">{problem}</Problem>}
    </div>
  );
}
