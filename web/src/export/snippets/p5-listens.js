// A p5 sketch that draws what Headstart sees. Two ways to hear it:
// - this sketch on the same site as Headstart, both open: answers come over the channel "headstart";
// - Headstart in an <iframe allow="camera"> of this page, from whatever site: answers come as messages to the window.
// In Headstart: "Use it", then "Other pages in this browser".
let answer = { label: '', probability: 0, known: false };

function hear({ data }) {
  if (data?.type === 'headstart-answer' && data.version === 1) {
    answer = data;
  }
}
new BroadcastChannel('headstart').addEventListener('message', hear);
window.addEventListener('message', hear);

function setup() {
  createCanvas(400, 300);
  textAlign(CENTER, CENTER);
  noStroke();
}

function draw() {
  background(16, 24, 31);
  fill(47, 196, 150);
  rect(0, height - 20, width * answer.probability, 20);
  fill(255);
  textSize(48);
  text(answer.label || (answer.known ? '…' : '?'), width / 2, height / 2);
  textSize(20);
  text(`${Math.round(100 * answer.probability)} %`, width / 2, height / 2 + 60);
}
