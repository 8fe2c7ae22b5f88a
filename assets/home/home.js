/* The home screen beside Reflex: the town and its framed map, the two tabs, the picked flyer. Works while the socket is down.

   Heard from the frame (same origin, of that very frame)   tamemap:flyer {id, title} · tamemap:topic {id} · tamemap:ready {map}
   Told to the frame                                       tamemap:show {id} or {lat, lng}
   Told to Reflex (components/live.py)                     tamemaptown · tamemaptopic · tamemappick · tamemapputdown · tamemapback */
(function () {
  'use strict';
  var root = document.documentElement, TOWN = 'tamemap.town', SLUG = /^[a-z0-9][a-z0-9-]{0,59}$/, ID = /^[2-9a-hjkmnp-z]{12}$/, PATIENCE = 6000;
  var split = document.getElementById('tm-home'), select = document.getElementById('tm-town'), frame = document.getElementById('tm-map-frame'), panel = document.getElementById('tm-flyer');
  if (!split || !select || !frame || !panel) return;
  var town = '', framed = '', picked = '', back = null, waiting = [];
  var wide = matchMedia('(min-width: 900px)');

  /* ---------- Reflex */
  function live() { return 'tmLive' in root.dataset && !root.hasAttribute('data-tm-offline'); }
  function tell(name, detail) {
    var event = new CustomEvent(name, {detail: detail});
    if ('tmLive' in root.dataset) dispatchEvent(event); else waiting.push(event);
  }
  addEventListener('tamemaplive', function () {
    waiting.splice(0).forEach(function (event) { dispatchEvent(event); });
    var knows = document.querySelector('[data-tm-knows]');
    if (knows) new MutationObserver(function () { if (!knows.dataset.tmKnows && town) tell('tamemaptown', town); }).observe(knows, {attributes: true});
  });

  /* ---------- the address bar: what the screen shows, so that reload and back lead here again */
  function asked() { return new URLSearchParams(location.search); }
  function write(changes, push) {
    var now = asked();
    Object.keys(changes).forEach(function (name) { if (changes[name]) now.set(name, changes[name]); else now.delete(name); });
    var address = location.pathname + (String(now) ? '?' + now : '');
    if (address !== location.pathname + location.search) history[push ? 'pushState' : 'replaceState'](history.state, '', address);
  }

  /* ---------- the town */
  function remembered() { try { return localStorage.getItem(TOWN) || ''; } catch (nothing) { return ''; } }
  function go(slug) {
    if (!SLUG.test(slug)) return;
    town = slug;
    try { localStorage.setItem(TOWN, slug); } catch (full) { /* then it is asked again */ }
    if (select.value !== slug) select.value = slug;
    load();
  }
  // on a phone that shows the boards the map waits until its tab is opened
  function load() {
    if (!town || framed === town || !(wide.matches || split.dataset.show === 'map')) return;
    framed = town;
    frame.src = '/m/' + town + (picked ? '?flyer=' + picked : '');
  }
  wide.addEventListener('change', load);
  function first() { var slug = asked().get('map') || remembered(); return SLUG.test(slug) ? slug : ''; }
  function fill(maps) {
    var regions = [], groups = {};
    maps.forEach(function (map) {
      var region = map.region.name;
      if (!groups[region]) { groups[region] = document.createElement('optgroup'); groups[region].label = region; regions.push(groups[region]); }
      groups[region].appendChild(new Option(map.name, map.slug));
    });
    select.replaceChildren.apply(select, regions);
    if (!maps.some(function (map) { return map.slug === town; }) && maps.length) { go(maps[0].slug); tell('tamemaptown', town); }
    select.value = town;
  }
  if (ID.test(asked().get('flyer') || '')) { picked = asked().get('flyer'); panel.hidden = false; panel.setAttribute('aria-busy', 'true'); }
  go(first());
  // one memory, ours: Reflex would write an older town back over a newer one
  if (town && !asked().get('map')) tell('tamemaptown', town);
  fetch('/api/v1/maps', {headers: {Accept: 'application/json'}}).then(function (answer) { return answer.json(); }).then(function (found) { fill(found.items); }, function () { /* the remembered town stays */ });
  select.addEventListener('change', function () {
    close(true);
    go(select.value);
    write({map: asked().get('map') ? select.value : '', flyer: '', topic: ''});
    tell('tamemaptown', select.value);
  });

  /* ---------- the two tabs of a phone, side by side on a wide screen */
  function tab(name, focus) {
    split.dataset.show = name;
    load();
    document.querySelectorAll('[data-tm-place]').forEach(function (place) {
      var mine = place.dataset.tmPlace === (name === 'map' ? 'map' : 'boards');
      if (mine) place.setAttribute('aria-current', 'page'); else place.removeAttribute('aria-current');
    });
    var part = focus && document.querySelector('[data-tm-part="' + name + '"]');
    if (part) { part.focus({preventScroll: true}); if (!wide.matches) scrollTo(0, 0); }
  }
  tab(split.dataset.show);
  document.addEventListener('click', function (event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    var place = event.target.closest('[data-tm-place="map"], [data-tm-place="boards"]'), topic = event.target.closest('[data-tm-topic]'), flyer = event.target.closest('[data-tm-flyer]'), spot = event.target.closest('[data-tm-spot]');
    if (place) {
      event.preventDefault();
      if (!wide.matches) close(true);
      write({tab: place.dataset.tmPlace === 'map' ? '' : 'boards'});
      tab(place.dataset.tmPlace, true);
    } else if (topic && live()) {
      event.preventDefault();
      if (!wide.matches) close(true);
      tab('boards');
      write({tab: 'boards', topic: topic.dataset.tmTopic}, true);
      tell('tamemaptopic', topic.dataset.tmTopic);
    } else if (flyer && live() && ID.test(flyer.dataset.tmFlyer)) {
      event.preventDefault();
      tab('map');
      write({tab: ''});
      frame.contentWindow.postMessage({type: 'tamemap:show', id: flyer.dataset.tmFlyer}, location.origin);
      pick(flyer.dataset.tmFlyer, flyer.textContent, flyer);
    } else if (spot && framed) {
      event.preventDefault();
      if (!wide.matches) close(true);
      tab('map', true);
      write({tab: ''});
      frame.contentWindow.postMessage({type: 'tamemap:show', lat: +spot.dataset.tmSpot.split(',')[0], lng: +spot.dataset.tmSpot.split(',')[1]}, location.origin);
    } else if (event.target.closest('[data-tm-put-down]')) close();
    else if (event.target.closest('[data-tm-back]')) write({topic: ''});
    else if (event.target.closest('[data-tm-to-boards]')) { if (!wide.matches) close(true, true); tab('boards'); write({tab: 'boards', topic: ''}); }
  });

  // a topic that was opened by other ways than its link, such as one just written
  addEventListener('tamemaparrive', function (event) { if (ID.test(event.detail)) write({tab: 'boards', topic: event.detail}); });

  /* ---------- the picked flyer */
  function pick(id, title, from) {
    if (!ID.test(id)) return;
    if (!live() && 'tmLive' in root.dataset) { location.assign('/f/' + id); return; }
    if (!picked) back = from || frame;
    picked = id;
    panel.hidden = false;
    panel.setAttribute('aria-busy', 'true');
    write({flyer: id}, !asked().get('flyer'));
    tell('tamemappick', id);
    settle();
    document.getElementById('tm-flyer-heading').focus({preventScroll: true});
    // a socket that never comes: the flyer has a page of its own
    setTimeout(function () { if (picked === id && panel.hasAttribute('aria-busy')) location.assign('/f/' + id); }, PATIENCE);
  }
  function close(quietly, kept) {
    if (!picked) return;
    picked = '';
    panel.hidden = true;
    if (!kept) tell('tamemapputdown');
    write({flyer: ''});
    if (!quietly && back) { if (back.isConnected) back.focus({preventScroll: true}); else frame.focus(); }
  }
  function settle() {
    if (picked && panel.dataset.flyer === picked && !panel.querySelector('.tm-skeleton')) panel.removeAttribute('aria-busy');
  }
  new MutationObserver(settle).observe(panel, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-flyer']});
  function onKey(event) { if (event.key === 'Escape' && picked && !document.querySelector('dialog[open]')) close(); }
  addEventListener('keydown', onKey);
  frame.addEventListener('load', function () { try { frame.contentWindow.addEventListener('keydown', onKey); } catch (elsewhere) { /* not our document */ } });
  addEventListener('message', function (event) {
    var said = event.data;
    if (event.origin !== location.origin || event.source !== frame.contentWindow || !said || typeof said !== 'object') return;
    if (said.type === 'tamemap:flyer' && typeof said.id === 'string') pick(said.id);
    if (said.type === 'tamemap:topic' && ID.test(said.id)) {
      if (!wide.matches) close(true);
      tab('boards', true);
      write({tab: 'boards', topic: said.id}, true);
      tell('tamemaptopic', said.id);
    }
  });
  // React Router does not see the addresses that are written here, so going back is said in full
  addEventListener('popstate', function () {
    var now = asked(), flyer = now.get('flyer') || '', topic = now.get('topic') || '';
    tab(/boards/.test(now.get('tab') || '') || topic ? 'boards' : 'map');
    if (!flyer) close();
    else if (flyer !== picked) pick(flyer);
    tell(ID.test(topic) ? 'tamemaptopic' : 'tamemapback', topic);
  });
})();
