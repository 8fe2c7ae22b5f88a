/* The page of a flyer: share it, and how far it is from here. Two buttons that go away where they cannot work.

   <button data-tm-share data-title data-url data-done data-failed>  · <p role="status" data-tm-said>
   <button data-tm-far data-waiting data-denied data-failed data-answer data-here data-metres data-kilometres data-walk
           data-walk-limit data-walk-speed>  · <span role="status" data-tm-far-said>  · <article data-lat data-lng> around them */
(function () {
  'use strict';
  function words(button, name, n) { return (button.getAttribute('data-' + name) || '').replace(/\{(?:n|minutes|far)\}/, n); }
  function bind(selector, works, act) {
    var button = document.querySelector(selector);
    if (!button) return;
    if (!works) { button.hidden = true; return; }
    button.addEventListener('click', function () { act(button); });
  }
  function say(selector, text) { var place = document.querySelector(selector); if (place) place.textContent = text; }

  bind('[data-tm-share]', navigator.share || navigator.clipboard, function (button) {
    var what = {title: button.getAttribute('data-title'), url: button.getAttribute('data-url')};
    if (navigator.share) return navigator.share(what).catch(function (refused) { if (refused.name !== 'AbortError') copy(button, what.url); });
    copy(button, what.url);
  });
  function copy(button, address) {
    if (!navigator.clipboard) return say('[data-tm-said]', words(button, 'failed'));
    navigator.clipboard.writeText(address).then(function () { say('[data-tm-said]', words(button, 'done')); }, function () { say('[data-tm-said]', words(button, 'failed')); });
  }

  // Asked only on a tap; where somebody stands never leaves the phone.
  bind('[data-tm-far]', navigator.geolocation, function (button) {
    var flyer = button.closest('[data-lat]');
    say('[data-tm-far-said]', words(button, 'waiting'));
    navigator.geolocation.getCurrentPosition(function (found) {
      var metres = apart(found.coords.latitude, found.coords.longitude, +flyer.getAttribute('data-lat'), +flyer.getAttribute('data-lng'));
      say('[data-tm-far-said]', words(button, 'answer', far(button, metres)));
    }, function (refused) { say('[data-tm-far-said]', words(button, refused.code === 1 ? 'denied' : 'failed')); }, {timeout: 10000, maximumAge: 60000});
  });
  // As tamemap/domain/geography.py says it: すぐそば, 230 m, 1.2 km, 23 km, and 歩いて約3分 where somebody would walk.
  function far(button, metres) {
    if (metres < 15) return words(button, 'here');
    var kilometres = metres / 1000, text = metres < 995 ? words(button, 'metres', 10 * Math.round(metres / 10)) : words(button, 'kilometres', kilometres < 9.95 ? kilometres.toFixed(1) : Math.round(kilometres));
    if (metres > +button.getAttribute('data-walk-limit')) return text;
    return text + ' ' + words(button, 'walk', Math.max(1, Math.ceil(metres / +button.getAttribute('data-walk-speed'))));
  }
  function apart(lat1, lng1, lat2, lng2) {
    var rad = Math.PI / 180, a = Math.pow(Math.sin((lat2 - lat1) * rad / 2), 2) + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.pow(Math.sin((lng2 - lng1) * rad / 2), 2);
    return 2 * 6371009 * Math.asin(Math.sqrt(a));
  }
})();
