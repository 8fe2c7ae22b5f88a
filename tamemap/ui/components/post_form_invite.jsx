/* After the first flyer that somebody with an account has posted in this browser: their device can tell them what becomes of it.
   A link, once; the browser's own question waits for the tap on the page to which it leads. */
import { useEffect, useState } from "react";
import { Icon, useWords } from "./post_form_parts.jsx";

const INVITED = "tm-push-invited";

export function Invite() {
  const w = useWords();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    let gone = false;
    const look = async () => {
      try {
        if (localStorage.getItem(INVITED) || globalThis.Notification?.permission === "granted") return;
        const me = await (await fetch("/api/v1/me")).json();
        if (gone || !me.signed_in) return;
        localStorage.setItem(INVITED, "1");
        setShown(true);
      } catch {
        // no signal, or a private window: nothing is lost
      }
    };
    look();
    return () => {
      gone = true;
    };
  }, []);
  if (!shown) return null;
  return (
    <p className="tm-muted">
      {w("push_invite")} <a className="tm-link" href="/me/notices#push"><Icon name="bell" kind="tm-icon--small" />{w("push_invite_do")}</a>
    </p>
  );
}
