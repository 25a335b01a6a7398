/** Every waiting time of the client, in ms; tests shorten them. */
export const TIMING = {
  /** From opening a socket to `welcome`. */
  welcome: 8_000,
  /** Silence on the socket after which we ping, and how long the answer may take. */
  ping: 25_000,
  pong: 10_000,
  /** From sending a message to its ack. */
  ack: 12_000,
  /** Long poll: how long the server may hold a request. */
  poll: 25_000,
  /** How long a hole in the sequence may stay before we ask for what is missing. */
  gap: 3_000,
  /** First and longest wait between attempts to connect. */
  backoff: { first: 600, most: 30_000 },
  /** First and longest wait before a blocked socket is tried again. */
  socketAgain: { first: 60_000, most: 900_000 },
  /** A typing sign without news ends by itself. */
  typing: 20_000,
};
export type Timing = typeof TIMING;

/** Waiting times that double with each attempt, with "equal jitter": half fixed, half random. */
export class Backoff {
  private attempt = 0;

  constructor(
    private readonly limits: { first: number; most: number },
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const full = Math.min(this.limits.most, this.limits.first * 2 ** this.attempt);
    this.attempt += 1;
    return full / 2 + (full / 2) * this.random();
  }

  reset(): void {
    this.attempt = 0;
  }
}
