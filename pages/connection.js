// Stands in for NiceGUI's own popup, which comes late and does not say when it is over.
const LOST_AFTER = 1000; // ms; a blip is not worth a word
const RESTORED_FOR = 4000; // ms
const WAS_LOST = "connection-was-lost"; // over a reload, with which NiceGUI comes back after a longer time

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
        offline: "You are offline. This page goes on by itself as soon as you are back.",
        lost: "The connection to the app is lost. This page goes on by itself as soon as it is back.",
        restored: "Connected again.",
      }[this.state];
    },
    icon() {
      return this.state === "restored" ? "cloud_done" : "cloud_off";
    },
  },
  methods: {
    later(state, delay) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.set(state), delay);
    },
    set(state) {
      clearTimeout(this.timer);
      this.state = state;
      if (state === "lost" || state === "offline") sessionStorage.setItem(WAS_LOST, "yes");
    },
    lose() {
      if (this.state !== "offline") this.later("lost", LOST_AFTER);
    },
    restore() {
      clearTimeout(this.timer);
      if (sessionStorage.getItem(WAS_LOST)) this.set("restored");
      sessionStorage.removeItem(WAS_LOST);
      if (this.state === "restored") this.later("connected", RESTORED_FOR);
    },
    listen() {
      if (!window.socket) {
        this.timer = setTimeout(this.listen, 50); // NiceGUI makes it once all components are there
        return;
      }
      window.socket.on("disconnect", this.lose);
      window.socket.on("connect", this.restore);
      if (window.socket.connected) this.restore();
    },
    goOffline() {
      this.set("offline");
    },
    goOnline() {
      // The socket may have noticed nothing, or may be on its way back.
      if (window.socket?.connected) this.restore();
      else this.set("lost");
    },
  },
  mounted() {
    window.addEventListener("offline", this.goOffline);
    window.addEventListener("online", this.goOnline);
    this.listen();
  },
  unmounted() {
    clearTimeout(this.timer);
    window.socket?.off("disconnect", this.lose);
    window.socket?.off("connect", this.restore);
    window.removeEventListener("offline", this.goOffline);
    window.removeEventListener("online", this.goOnline);
  },
};
