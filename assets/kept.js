/* What a page tells and asks the service worker about the things kept on this phone (see sw-store.js), and 保存 beside a flyer.

   <script defer src="/kept.js" data-tm-kept data-line="… {when} …" data-part="…" data-time="… {hour} … {minute} …" data-day="… {month} {day} {time} …"
           data-save data-saved data-list data-gone data-full data-failed data-unsent data-unsent-back>   its words (the last two are those of unsent.js); with data-document the line stands in the header
   or type="text/plain" without src: the words alone, where this file is fetched late
   <tm-save flyer="ID"></tm-save>   a button, and below it what went wrong; nothing where nothing can be kept
   window.Tamemap.kept(ask, more) → Promise of the worker's answer, or null without a worker */
(function () {
  'use strict';
  var T = window.Tamemap = window.Tamemap || {}, WAIT = 12000;
  var script = document.querySelector('script[data-tm-kept]'), root = document.documentElement;
  if (!script || !('serviceWorker' in navigator) || !window.caches || !window.indexedDB || !window.customElements) return;
  // with cookies blocked
  try { if (window.tmForgets || !localStorage) return; } catch (refused) { return; }
  var words = script.dataset, lang = root.lang === 'en' ? 'en' : 'ja', pageAt = Number(root.dataset.tmKeptAt) || 0, line = null, part = false, late = false;

  T.kept = function (what, more) {
    return new Promise(function (done) {
      var channel = new MessageChannel();
      channel.port1.onmessage = function (event) { done(event.data); };
      setTimeout(done, WAIT, null);
      navigator.serviceWorker.ready.then(function (registration) {
        registration.active.postMessage(Object.assign({type: 'kept', ask: what}, more), [channel.port2]);
      });
    });
  };

  /* ---------- what is shown comes from this phone: said as long as it is so */
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; }); }
  T.keptWhen = function (at) {
    // Tokyo is nine hours ahead all year
    var then = new Date(at + 324e5), now = new Date(Date.now() + 324e5), minute = ('0' + then.getUTCMinutes()).slice(-2);
    var time = fill(words.time, {hour: then.getUTCHours(), minute: minute});
    if (then.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)) return time;
    return fill(words.day, {month: then.getUTCMonth() + 1, day: then.getUTCDate(), time: time});
  };
  function show(at) {
    if (!line) {
      line = document.createElement('p');
      line.setAttribute('role', 'status');
      var header = 'document' in words && document.querySelector('.tm-header');
      // in the frame of the home page the header is not seen
      if (header && !header.offsetParent && getComputedStyle(header).display === 'none') header = null;
      line.className = 'tm-keptline' + (header ? '' : ' tm-keptline--float');
      if (header) root.classList.add('tm-has-keptline');
      (header || document.body).appendChild(line);
    }
    line.textContent = fill(words.line, {when: T.keptWhen(at)}) + (part ? words.part || '' : '');
    line.hidden = false;
    // large type, or more words, take a second line
    root.style.setProperty('--tm-keptline', line.offsetHeight + 'px');
  }
  function hide() {
    part = false;
    if (!line || pageAt) return;
    line.hidden = true;
    root.classList.remove('tm-has-keptline');
  }
  function gone(ids) {
    var mine = /^\/f\/(\w+)$/.exec(location.pathname);
    ids.forEach(function (id) {
      document.querySelectorAll('#tm-list [data-id="' + CSS.escape(id) + '"], [data-tm-saved] [data-id="' + CSS.escape(id) + '"]').forEach(function (item) { item.remove(); });
    });
    // a page that came from this phone is not left standing when its flyer has gone
    if (pageAt && (mine ? ids.indexOf(mine[1]) >= 0 : true)) renew();
  }
  // nor one in which somebody writes, or looks at a picture as large as the screen: then when that is over
  function renew() {
    late = Boolean(document.querySelector('dialog[open]'));
    if (!late && !isTyping()) location.reload();
  }
  document.addEventListener('close', function () { if (late) setTimeout(renew, 300); }, true);
  function isTyping() { return [].some.call(document.querySelectorAll('textarea, input[type="text"], input[type="search"]'), function (field) { return field.value !== field.defaultValue; }); }
  navigator.serviceWorker.addEventListener('message', function (event) {
    var said = event.data || {};
    if (said.part) part = true;
    if (said.type === 'tamemap:kept' && isFinite(said.at)) show(pageAt ? Math.min(pageAt, said.at) : said.at);
    else if (said.type === 'tamemap:fresh') hide();
    else if (said.type === 'tamemap:gone' && Array.isArray(said.ids)) gone(said.ids.map(String));
  });
  if (navigator.serviceWorker.startMessages) navigator.serviceWorker.startMessages();
  if (pageAt) show(pageAt);

  /* ---------- the town that this phone begins with is the first one that somebody looked at */
  var here = /^\/m\/([\w-]+)$/.exec(location.pathname);
  try { if (here && !localStorage.getItem('tamemap.town')) localStorage.setItem('tamemap.town', here[1]); } catch (refused) { /* then it is asked */ }

  /* ---------- contact: what has left the maps leaves this phone */
  function contact() { if (navigator.onLine !== false) T.kept('contact', {now: true}); }
  window.addEventListener('online', contact);
  // else it would go on to say that there is none
  if (pageAt) window.addEventListener('online', renew);
  document.addEventListener('visibilitychange', function () { if (!document.hidden) contact(); });
  function loaded() {
    if (navigator.serviceWorker.controller) return;
    // the first time the worker comes too late to see what this page was made of
    navigator.serviceWorker.ready.then(function () {
      var urls = performance.getEntriesByType('resource').map(function (one) { return one.name; }).filter(function (name) { return name.indexOf(location.origin) === 0; });
      T.kept('seen', {urls: [location.href].concat(urls)});
    });
  }
  if (document.readyState === 'complete') loaded(); else window.addEventListener('load', loaded);

  /* ---------- what was written into a form of a document and did not arrive stays on this phone, until somebody signs out or leaves */
  if ('document' in words && document.querySelector('form[method="post"] textarea')) document.head.appendChild(document.createElement('script')).src = '/unsent.js';
  document.addEventListener('submit', function (event) {
    try { if (/(sign-out|me\/leave)(\?|$)/.test(event.target.getAttribute('action'))) localStorage.removeItem('tamemap.unsent'); } catch (refused) { /* then nothing is kept */ }
  });

  /* ---------- 保存 */
  class Save extends HTMLElement {
    static get observedAttributes() { return ['flyer']; }
    connectedCallback() { this.draw(); }
    attributeChangedCallback() { if (this.isConnected) this.draw(); }
    draw() {
      var own = this, id = own.getAttribute('flyer');
      own.textContent = '';
      if (!id) return;
      own.button = document.createElement('button');
      own.said = document.createElement('span');
      own.button.type = 'button';
      own.button.className = 'tm-button tm-button--secondary';
      own.button.addEventListener('click', function () { own.press(id); });
      own.said.setAttribute('role', 'status');
      own.said.className = 'tm-muted';
      own.append(own.button, own.said);
      own.set(false);
      T.kept('has', {id: id}).then(function (has) { if (own.getAttribute('flyer') === id) own.set(has === true); });
    }
    set(saved) {
      this.saved = saved;
      this.button.setAttribute('aria-pressed', String(saved));
      this.button.innerHTML = '<svg class="tm-icon" aria-hidden="true" width="24" height="24"><use href="/icons/ui.svg#' + (saved ? 'check' : 'heart') + '"/></svg><span></span>';
      this.button.lastChild.textContent = saved ? words.saved : words.save;
    }
    press(id) {
      var own = this, act = own.saved ? 'unsave' : 'save';
      if (own.busy) return;
      own.busy = true;
      own.button.setAttribute('aria-busy', 'true');
      own.said.textContent = '';
      // a phone that is short of room asks before it throws away what a person has saved
      if (act === 'save' && navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(function () { /* then it stays as long as there is room */ });
      T.kept(act, {id: id, lang: lang}).then(function (answer) {
        own.busy = false;
        own.button.removeAttribute('aria-busy');
        if (answer === 'saved' || answer === 'out') own.set(answer === 'saved');
        if (answer === 'saved' && location.pathname !== '/saved') own.said.innerHTML = '<a class="tm-link" href="/saved' + (lang === 'ja' ? '' : '?lang=' + lang) + '"' + (window.parent === window ? '' : ' target="_top"') + '></a>';
        if (own.said.firstChild) own.said.firstChild.textContent = words.list;
        if (answer === 'saved' || answer === 'out') return;
        own.said.textContent = answer === 'gone' ? words.gone : answer === 'full' ? words.full : words.failed;
      });
    }
  }
  customElements.define('tm-save', Save);
  // what React draws has a place for it: <span data-tm-save="ID">
  function dress() {
    document.querySelectorAll('[data-tm-save]').forEach(function (place) {
      var id = place.getAttribute('data-tm-save'), one = place.firstElementChild || place.appendChild(document.createElement('tm-save'));
      if (one.getAttribute('flyer') !== id) one.setAttribute('flyer', id);
    });
  }
  if (!('document' in words)) new MutationObserver(dress).observe(root, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-tm-save']});
})();
