/* What can be done with one photograph that has arrived: which sheet it is, laid flat or whole, its corners, and what is seen on it. */
import { useState } from "react";
import { Corners } from "./post_form_corners.jsx";
import { ownOf, pictureOf, privateOf } from "./post_form_edits.js";
import { Look } from "./post_form_look.jsx";
import { sheetUrl } from "./post_form_mark.jsx";
import { Icon, useWords } from "./post_form_parts.jsx";
import { sheetOf, sheetsOf } from "./post_form_read.js";

/* `whole` is the address of the photograph as this phone shows it, or undefined where it cannot: then the server does. */
export function Mend({ item, n, whole, reading }) {
  const w = useWords();
  const [open, setOpen] = useState("");
  const read = reading.of(item);
  const sheets = sheetsOf(read, item);
  const sheet = sheetOf(read, item);
  const corners = item.cut ?? (sheet?.found ? sheet.corners : null);
  const found = privateOf(item, read);
  const own = ownOf(item);
  const left = found.filter(({ deed }) => !deed).length;
  const which = <span className="tm-visually-hidden">{w("photo_which", { n })}</span>;
  const close = () => setOpen("");
  return (
    <div className="post-form__mend">
      {sheets.length > 1 && <Sheets item={item} n={n} sheets={sheets} sheet={sheet} read={read} reading={reading} />}
      {corners && (
        <label className="tm-check">
          <input type="checkbox" checked={Boolean(item.edit?.corners)} onChange={(event) => reading.flat(item, event.target.checked ? corners : null)} />
          <span>{w("flat")}{which}</span>
        </label>
      )}
      <div className="tm-row">
        <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => setOpen("corners")}>
          <Icon name="edit" />
          {w("corners_open")}{which}
        </button>
        <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => setOpen("look")}>
          <Icon name={left ? "warning" : found.length || own.length ? "check" : "slip"} />
          {w(left ? "private_open" : found.length ? "private_done" : own.length ? "own_done" : "own_open", { n: left || own.length })}{which}
        </button>
      </div>
      {open === "corners" && <Corners picture={whole ?? `/api/v1/photos/${item.photo.id}/whole.jpeg`} found={corners} onSave={(points) => reading.corner(item, points)} onClose={close} />}
      {open === "look" && (
        <Look picture={pictureOf(item, whole)} found={found} own={own} onDecide={(one, deed) => reading.decide(item, [one], deed)}
          onOwn={(boxes) => reading.own(item, boxes)} onClose={close} />
      )}
    </div>
  );
}

function Sheets({ item, n, sheets, sheet, read, reading }) {
  const w = useWords();
  return (
    <fieldset className="post-form__sheets">
      <legend>{w("sheets_found", { n: sheets.length })}</legend>
      {sheets.map((one, at) => (
        <label key={one.n}>
          <input type="radio" name={`sheet-${item.key}`} checked={one.n === sheet.n} onChange={() => reading.choose(item, one.n)} />
          <img src={sheetUrl(read, item.photo.reading, one.n)} alt={w("sheet_n", { n: at + 1, photo: n })} loading="lazy" />
        </label>
      ))}
    </fieldset>
  );
}
