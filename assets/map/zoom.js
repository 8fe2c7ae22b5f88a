/* A flyer's picture as large as the screen: two fingers, wheel, buttons and keys. No dependencies.

   The document gives   links <a data-tm-zoom href="large.jpeg" data-avif="large.avif" data-webp="…" data-width data-height> around the small picture,
     and <dialog id="tm-zoom"> with .tm-zoom__stage (holding an empty <img>), buttons [data-zoom="in|out|whole|turn|next|previous|close"]
     and an <output>. Without script, or without <dialog>, the links open the large picture.
   Keys   + - 0 r and the arrows; at its whole size the arrows left and right turn the page. Escape or the phone's way back closes.
   One finger alone is enough (WCAG 2.5.7): a double tap looks closer there, a tap brings that place to the middle. */
(function () {
  'use strict';
  var dialog = document.getElementById('tm-zoom'), links = [].slice.call(document.querySelectorAll('[data-tm-zoom]'));
  if (!dialog || !dialog.showModal || !links.length || !window.PointerEvent) return;
  var CLOSER = 8, STEP = 1.6, TAP = 10, stage = dialog.querySelector('.tm-zoom__stage'), image = stage.querySelector('img'), said = dialog.querySelector('output');
  var at = 0, turned = 0, width = 1, height = 1, scale = 1, x = 0, y = 0, fingers = {}, before = null, began = null, lastTap = 0, pushed = false;

  function clamp(value, least, most) { return Math.max(least, Math.min(most, value)); }
  // as it lies on the screen: a quarter turn changes the sides
  function wide() { return turned % 2 ? height : width; }
  function high() { return turned % 2 ? width : height; }
  function whole() { return Math.min(stage.clientWidth / wide(), stage.clientHeight / high()); }
  function isWhole() { return scale <= whole() * 1.01; }
  function draw(glide) {
    var least = whole();
    scale = clamp(scale, least, least * CLOSER);
    var free = {x: stage.clientWidth - wide() * scale, y: stage.clientHeight - high() * scale};
    x = free.x > 0 ? free.x / 2 : clamp(x, free.x, 0);
    y = free.y > 0 ? free.y / 2 : clamp(y, free.y, 0);
    dialog.classList.toggle('tm-zoom--glide', Boolean(glide));
    var back = [[0, 0], [height, 0], [width, height], [0, width]][turned];
    image.style.transform = 'translate(' + x + 'px,' + y + 'px) scale(' + scale + ') translate(' + back[0] + 'px,' + back[1] + 'px) rotate(' + turned * 90 + 'deg)';
    button('out', isWhole());
    button('whole', isWhole());
    button('in', scale >= least * CLOSER * 0.99);
  }
  function button(name, off) {
    var found = dialog.querySelector('[data-zoom="' + name + '"]');
    if (!found) return;
    // A button that goes away under the finger takes the keyboard's place with it.
    if (off && found === document.activeElement) stage.focus();
    found.disabled = off;
  }
  function tell() { said.textContent = Math.round(100 * scale / whole()) + ' %' + (links.length > 1 ? '  ' + (at + 1) + ' / ' + links.length : ''); }
  function zoom(times, px, py, glide) {
    var old = scale, least = whole();
    if (px === undefined) { px = stage.clientWidth / 2; py = stage.clientHeight / 2; }
    scale = clamp(scale * times, least, least * CLOSER);
    x = px - (px - x) * scale / old;
    y = py - (py - y) * scale / old;
    draw(glide);
    tell();
  }
  function fit(glide) { scale = whole(); draw(glide); tell(); }
  function turn() { turned = (turned + 1) % 4; fit(); }
  function move(dx, dy, glide) { x += dx; y += dy; draw(glide); }

  function show(index) {
    var link = links[at = (index + links.length) % links.length], small = link.querySelector('img'), now = small.currentSrc || small.src;
    var kind = /\.(avif|webp)(?:\?|$)/.exec(now), large = (kind && link.getAttribute('data-' + kind[1])) || link.href, sharp = new Image();
    width = +link.getAttribute('data-width') || small.naturalWidth;
    height = +link.getAttribute('data-height') || small.naturalHeight;
    turned = 0;
    image.width = width;
    image.height = height;
    image.alt = small.alt;
    image.src = now;
    sharp.onload = function () { if (links[at] === link) image.src = large; };
    sharp.src = large;
    fit();
  }
  function open(index) {
    dialog.showModal();
    show(index);
    stage.focus();
    history.pushState({tmZoom: true}, '');
    pushed = true;
  }
  function shut() {
    if (dialog.open) dialog.close();
    if (pushed) { pushed = false; history.back(); }
    links[at].focus();
  }
  dialog.addEventListener('close', shut);
  window.addEventListener('popstate', function () { pushed = false; if (dialog.open) dialog.close(); });
  window.addEventListener('resize', function () { if (dialog.open) draw(); });

  links.forEach(function (link, index) {
    link.addEventListener('click', function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      open(index);
    });
  });
  dialog.addEventListener('click', function (event) {
    var pressed = event.target.closest('[data-zoom]');
    if (!pressed) return;
    ({'in': function () { zoom(STEP, undefined, undefined, true); }, out: function () { zoom(1 / STEP, undefined, undefined, true); }, whole: function () { fit(true); }, turn: turn,
      next: function () { show(at + 1); }, previous: function () { show(at - 1); }, close: shut})[pressed.getAttribute('data-zoom')]();
  });
  dialog.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var far = 80, acts = {'+': function () { zoom(STEP); }, ';': function () { zoom(STEP); }, '=': function () { zoom(STEP); }, '-': function () { zoom(1 / STEP); }, '0': function () { fit(); }, r: turn,
      ArrowUp: function () { move(0, far); }, ArrowDown: function () { move(0, -far); },
      ArrowLeft: function () { if (isWhole() && links.length > 1) show(at - 1); else move(far, 0); },
      ArrowRight: function () { if (isWhole() && links.length > 1) show(at + 1); else move(-far, 0); }};
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });

  /* fingers, mouse, wheel */
  function place(event) { var box = stage.getBoundingClientRect(); return {x: event.clientX - box.left, y: event.clientY - box.top}; }
  function held() { return Object.keys(fingers).map(function (id) { return fingers[id]; }); }
  function grip() {
    var all = held();
    if (all.length < 2) return all.length ? {x: all[0].x, y: all[0].y, span: 0} : null;
    return {x: (all[0].x + all[1].x) / 2, y: (all[0].y + all[1].y) / 2, span: Math.hypot(all[0].x - all[1].x, all[0].y - all[1].y)};
  }
  stage.addEventListener('pointerdown', function (event) {
    if (event.button) return;
    fingers[event.pointerId] = place(event);
    try { stage.setPointerCapture(event.pointerId); } catch (gone) { /* a finger that has left already */ }
    before = grip();
    began = held().length === 1 ? {x: before.x, y: before.y} : null;
  });
  stage.addEventListener('pointermove', function (event) {
    if (!fingers[event.pointerId]) return;
    fingers[event.pointerId] = place(event);
    var now = grip();
    move(now.x - before.x, now.y - before.y);
    if (now.span && before.span) zoom(now.span / before.span, now.x, now.y);
    before = now;
  });
  function lift(event) {
    if (!fingers[event.pointerId]) return;
    var point = place(event), start = began;
    delete fingers[event.pointerId];
    before = grip();
    began = null;
    if (!start || before || event.type === 'pointercancel') return;
    if (Math.hypot(point.x - start.x, point.y - start.y) < TAP) return tap(point, event.timeStamp);
    var across = point.x - start.x;
    if (isWhole() && links.length > 1 && Math.abs(across) > 60) show(at + (across < 0 ? 1 : -1));
  }
  function tap(point, when) {
    if (when - lastTap < 320) {
      lastTap = 0;
      if (isWhole()) zoom(3, point.x, point.y, true); else fit(true);
      return;
    }
    lastTap = when;
    if (!isWhole()) move(stage.clientWidth / 2 - point.x, stage.clientHeight / 2 - point.y, true);
  }
  stage.addEventListener('pointerup', lift);
  stage.addEventListener('pointercancel', lift);
  stage.addEventListener('wheel', function (event) {
    event.preventDefault();
    var point = place(event);
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), point.x, point.y);
  }, {passive: false});
})();
