// The plane of the map, without a page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextInDirection, Plane, surrounds, withRoom } from '../../web/src/kit/plane.js';

const corners = [
  { x: -3, y: -1 },
  { x: 5, y: 1 },
];

test('everything fits into the window, upwards is up, and what is zoomed at stays where it is', () => {
  const plane = new Plane();
  plane.resize(400, 300);
  plane.fit(corners);
  for (const corner of corners) {
    const { x, y } = plane.toWindow(corner);
    assert.ok(x >= 0 && x <= 400 && y >= 0 && y <= 300, `${x} ${y}`);
  }
  assert.ok(plane.toWindow(corners[1]).y < plane.toWindow(corners[0]).y);
  const at = plane.toWindow(corners[0]);
  plane.zoomBy(3, at);
  assert.ok(Math.hypot(plane.toWindow(corners[0]).x - at.x, plane.toWindow(corners[0]).y - at.y) < 1e-9);
  assert.ok(Math.abs(plane.zoom - 3) < 1e-9);
  plane.zoomBy(1e9);
  assert.ok(plane.zoom <= 40);
  plane.pan(10, 20);
  assert.ok(plane.toWindow(corners[1]).x > 400, 'zoomed in it lies outside');
  plane.bringIn(corners[1]);
  const { x, y } = plane.toWindow(corners[1]);
  assert.ok(x > 0 && x < 400 && y > 0 && y < 300, `${x} ${y}`);
});

test('one picture, or none, still gives a map', () => {
  const plane = new Plane();
  plane.resize(400, 300);
  plane.fit([{ x: 2, y: 2 }]);
  assert.deepEqual(plane.toWindow({ x: 2, y: 2 }), { x: 200, y: 150 });
  plane.fit([]);
  assert.ok(Number.isFinite(plane.scale));
});

test('an arrow key goes to what lies ahead, not to what lies aside, and stays where nothing does', () => {
  const places = [
    { x: 0, y: 0 },
    { x: 1, y: 0.1 },
    { x: 0.3, y: 2 },
    { x: -1, y: -4 },
  ];
  assert.equal(nextInDirection(places, 0, { x: 1, y: 0 }), 1);
  assert.equal(nextInDirection(places, 0, { x: 0, y: 1 }), 2);
  assert.equal(nextInDirection(places, 0, { x: 0, y: -1 }), 3);
  assert.equal(nextInDirection(places, 1, { x: 1, y: 0 }), 1);
});

test('a line surrounds what lies inside it, also where it is bent', () => {
  const bent = [
    { x: 0, y: 0 },
    { x: 4, y: 0 },
    { x: 4, y: 4 },
    { x: 2, y: 1 },
    { x: 0, y: 4 },
  ];
  assert.ok(surrounds(bent, { x: 0.5, y: 1 }));
  assert.ok(surrounds(bent, { x: 3.5, y: 1 }));
  assert.ok(!surrounds(bent, { x: 2, y: 3 }));
  assert.ok(!surrounds(bent, { x: 5, y: 1 }));
});

test('pictures that are shown do not lie on one another, and the first have the first choice', () => {
  const places = Array.from({ length: 900 }, (_, index) => ({ x: (index % 30) / 10, y: Math.floor(index / 30) / 10 }));
  const shown = [...withRoom(places, 0.45)];
  assert.ok(shown.includes(0) && shown.length > 20 && shown.length < 60, `${shown.length}`);
  for (const a of shown) {
    for (const b of shown) {
      const apart = Math.max(Math.abs(places[a].x - places[b].x), Math.abs(places[a].y - places[b].y));
      assert.ok(a === b || apart >= 0.45);
    }
  }
});
