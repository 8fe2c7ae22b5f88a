/* New posts appear by themselves while a topic is open, on its public page and at home. Without it the page is as it was loaded.

   [data-tm-stream=ADDRESS]   the topic's stream (Server-Sent Events), with the words to say in data-tm-stream-new, -down, -changed, -gap,
                            -gone, -again. On the public page it is the list of posts, and data-tm-stream-since says at which revision it
                            was drawn: here posts are put in as the server has drawn them for a guest. What is the reader's own in a
                            post ([data-tm-own]) stays. At home it carries data-tm-stream-topic: here only "topic revision" is told to
                            Reflex (tamemapnews), which draws.
   [data-tm-fresh]          a post that has come so: it is highlighted, announced, and a button leads there when it is out of sight.
   The stream rests while the tab is hidden, and catches up when it is shown. */
(function () {
  'use strict';
  if (!('EventSource' in window)) return;
  var AGAIN = 30000;
  var place = null, address = '', stream = null, seen = 0, timer = 0, unseen = [], status = null, down = null;

  function words(name, n) { return (place.getAttribute('data-tm-stream-' + name) || '').replace('{n}', n); }

  /* ---------- the stream */
  function stop() {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
  }
  function start() {
    stop();
    if (!address || document.hidden) return;
    var from = new URL(address, location.href);
    if (seen) from.searchParams.set('since', seen);
    var mine = stream = new EventSource(from);
    function on(name, act) {
      mine.addEventListener(name, function (event) { if (mine === stream) act(JSON.parse(event.data)); });
    }
    on('hello', function (said) { if (said.revision > seen) { seen = said.revision; tell(); } });
    on('news', function (said) { seen = said.revision; if (topic()) tell(); else put(said); });
    on('gone', function () { stop(); address = ''; gone(); });
    // a broken line mends itself; who was not let in asks again later, and not at the same moment as all others
    mine.addEventListener('error', function () { if (mine === stream && mine.readyState === 2) timer = setTimeout(start, AGAIN * (1 + Math.random())); });
  }
  document.addEventListener('visibilitychange', function () { if (document.hidden) stop(); else start(); });

  /* ---------- at home */
  function topic() { return place.getAttribute('data-tm-stream-topic'); }
  function tell() { if (topic()) dispatchEvent(new CustomEvent('tamemapnews', {detail: topic() + ' ' + seen})); }

  /* ---------- on the public page */
  function known(id) { return Array.prototype.find.call(place.children, function (post) { return post.id.slice(-id.length) === id; }); }
  function draw(html) { var made = document.createElement('template'); made.innerHTML = html; return made.content.firstElementChild; }
  function put(said) {
    if (said.whole && place.children.length && !said.order.some(known)) { line('gap'); return; }
    said.posts.forEach(function (one) {
      var old = known(one.id), made = draw(one.html);
      if (old) change(old, made, one);
      else if (one.state !== 'gone') add(made, one, said.order);
    });
    if (said.changed) line('changed');
  }
  function change(old, made, one) {
    if (one.held && old.hasAttribute('data-tm-mine')) return;  // it waits for staff; its author still reads it
    if (one.state !== 'gone') old.querySelectorAll('[data-tm-own]').forEach(function (part) { made.appendChild(part); });
    if (old.hasAttribute('data-tm-mine')) made.setAttribute('data-tm-mine', '');
    if (old.outerHTML !== made.outerHTML) old.replaceWith(made);
  }
  function add(made, one, order) {
    var before = order.slice(0, Math.max(0, order.indexOf(one.id))).map(known).filter(Boolean).pop();
    if (before) before.after(made);
    else if (one.state === 'new') place.appendChild(made);
    else return;  // it stands on a page before this one
    made.setAttribute('data-tm-fresh', '');
  }
  function line(name) {
    var old = document.querySelector('.tm-live__line'), made = document.createElement('p'), again = document.createElement('a');
    if (old) old.remove();
    made.className = 'tm-live__line';
    again.className = 'tm-link';
    again.href = location.pathname + location.search;
    again.textContent = words('again');
    made.append(words(name) + ' ', again);
    place.after(made);
    say(words(name));
  }
  function gone() {
    if (topic()) { dispatchEvent(new CustomEvent('tamemaptopic', {detail: topic()})); return; }
    place.replaceChildren();
    place.hidden = true;
    line('gone');
  }

  /* ---------- who is told, and how */
  function say(text) {
    status.textContent = '';
    setTimeout(function () { status.textContent = text; }, 100);
  }
  function below(post) { return post.getBoundingClientRect().top > innerHeight - 80; }
  function came(posts) {
    say(words('new', posts.length));
    unseen = unseen.concat(posts).filter(function (post) { return post.isConnected && below(post); });
    button();
  }
  function button() {
    down.hidden = !unseen.length;
    if (!unseen.length) return;
    var column = (place.closest('[data-tm-part]') || place).getBoundingClientRect();
    down.style.left = column.left + column.width / 2 + 'px';
    down.lastChild.textContent = words('down', unseen.length);
  }
  function look() {
    if (!unseen.length) return;
    unseen = unseen.filter(function (post) { return post.isConnected && below(post); });
    button();
  }
  addEventListener('scroll', look, {passive: true, capture: true});
  function go() {
    var first = unseen[0];
    unseen = [];
    button();
    if (!first) return;
    first.tabIndex = -1;
    first.scrollIntoView({block: 'center'});
    first.focus({preventScroll: true});
  }
  function furnish() {
    status = document.createElement('p');
    status.className = 'tm-visually-hidden';
    status.setAttribute('role', 'status');
    down = document.createElement('button');
    down.type = 'button';
    down.className = 'tm-button tm-button--secondary tm-live__down';
    down.innerHTML = '<svg class="tm-icon tm-icon--small" aria-hidden="true" width="24" height="24"><use href="/icons/ui.svg#arrow-down"/></svg><span></span>';
    down.hidden = true;
    down.addEventListener('click', go);
    // inside a landmark: what stands outside of them is not found by those who go from one to the next
    (document.querySelector('main') || document.body).append(status, down);
  }

  /* ---------- what is open, and what has been drawn */
  function find() {
    var now = document.querySelector('[data-tm-stream]'), wanted = now ? now.getAttribute('data-tm-stream') : '';
    var fresh = Array.prototype.filter.call(document.querySelectorAll('[data-tm-fresh]'), function (post) { return !post.tmCame; });
    if (now && !status) furnish();
    if (now !== place || (now && now.tmStream !== wanted)) {
      var other = !now || now.tmStream !== wanted;
      place = now;
      if (now) now.tmStream = wanted;
      if (other) {
        address = wanted;
        seen = now ? Number(now.getAttribute('data-tm-stream-since')) || 0 : 0;
        unseen = [];
        if (down) button();
        start();
      }
    }
    fresh.forEach(function (post) { post.tmCame = true; });
    if (place && fresh.length) came(fresh);
  }
  new MutationObserver(find).observe(document.documentElement, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-tm-stream', 'data-tm-fresh']});
  find();
})();
