// Stands in for NiceGUI's own popup, which comes late and does not say when it is over.
const LOST_AFTER = 1000; // ms; a blip is not worth a word
const FIRST_LOST_AFTER = 5000; // ms; a page that has only just been loaded may take longer to connect
const RESTORED_FOR = 4000; // ms
const WAS_LOST = "connection-was-lost"; // over a reload, with which NiceGUI comes back after a longer time

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // the browser keeps nothing for this site
  }
}

// NiceGUI 3 has its socket in `window.socket`, and tells the app with each connection what it has received so far.
function connectNow() {
  const { socket } = window;
  if (!socket) return;
  socket.disconnect(); // an attempt that was begun offline may hang until its timeout
  if (socket.io.opts.query && "nextMessageId" in window) socket.io.opts.query.next_message_id = window.nextMessageId;
  socket.connect();
}

export default {
  template: `
    <div class="connection" role="status" data-testid="connection" :data-state="state">
      <template v-if="text"><q-icon :name="icon" size="1.5rem" aria-hidden="true" />{{ text }}</template>
    </div>`,
  data() {
    return { state: "connected" };
  },
  computed: {
    text() {
      return {
        connected: "",
        offline: "You are offline, so nothing is renewed. This page connects again by itself once you are back.",
        lost: "The connection to the app is lost. This page tries to connect again by itself.",
        restored: "Connected again.",
        blocked: "Your browser keeps no cookies and site data for this site. Allow them, then load this page again.",
      }[this.state];
    },
    icon() {
      return { restored: "cloud_done", blocked: "block" }[this.state] ?? "cloud_off";
    },
  },
  methods: {
    later(state, delay) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.set(state), delay);
    },
    set(state) {
      clearTimeout(this.timer);
      this.isLosing = false;
      this.state = state;
      document.body.dataset.connection = state; // what is true only while connected is hidden meanwhile
      if (state !== "lost" && state !== "offline") return;
      this.wasLost = true;
      storage()?.setItem(WAS_LOST, "yes");
    },
    lose() {
      if (this.isLosing || this.state === "offline" || this.state === "lost") return;
      this.isLosing = true;
      this.later("lost", LOST_AFTER);
    },
    restore() {
      if (!navigator.onLine) return this.goOffline(); // an app on this machine is reached all the same
      clearTimeout(this.timer);
      this.isLosing = false;
      if (this.wasLost || storage()?.getItem(WAS_LOST)) this.set("restored");
      this.wasLost = false;
      storage()?.removeItem(WAS_LOST);
      if (this.state === "restored") this.later("connected", RESTORED_FOR);
    },
    listen() {
      if (!window.socket) {
        this.listening = setTimeout(this.listen, 50); // NiceGUI makes it once all components are there
        return;
      }
      window.socket.on("disconnect", this.lose);
      window.socket.on("connect_error", this.lose); // also where there has been no connection yet
      window.socket.on("connect", this.restore);
      if (window.socket.connected) this.restore();
    },
    goOffline() {
      this.set("offline");
    },
    goOnline() {
      // The socket may have noticed nothing, or may be on its way back.
      if (window.socket?.connected) {
        this.restore();
        return;
      }
      this.set("lost");
      connectNow();
    },
  },
  mounted() {
    if (!storage() || !navigator.cookieEnabled) {
      this.set("blocked"); // NiceGUI does not even connect without storage
      return;
    }
    if (navigator.onLine) this.later("lost", FIRST_LOST_AFTER);
    else this.goOffline();
    window.addEventListener("offline", this.goOffline);
    window.addEventListener("online", this.goOnline);
    this.listen();
  },
  unmounted() {
    clearTimeout(this.timer);
    clearTimeout(this.listening);
    window.socket?.off("disconnect", this.lose);
    window.socket?.off("connect_error", this.lose);
    window.socket?.off("connect", this.restore);
    window.removeEventListener("offline", this.goOffline);
    window.removeEventListener("online", this.goOnline);
  },
};
