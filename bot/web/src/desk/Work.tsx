import { useCallback } from "react";
import type { View } from "./client/tickets";
import { useStrings } from "./context";
import { BotList } from "./list/BotList";
import { TicketList } from "./list/TicketList";
import { Guard } from "./parts/Guard";
import { go } from "./router";
import { Conversation } from "./talk/Conversation";
import { NothingChosen } from "./talk/NothingChosen";

/** A list and beside it the chosen conversation: of a ticket, or one the bot has. */
export function Work({ page, chosen }: { page: string; chosen: string | null }) {
  const strings = useStrings();
  const leave = useCallback(() => go(page), [page]);
  const ticket = page !== "bot" && chosen !== null ? Number(chosen) : null;
  return (
    <div className="work" data-chosen={chosen !== null}>
      {page === "bot" ? (
        <BotList chosen={chosen} />
      ) : (
        <TicketList
          view={(["queue", "all", "closed"].includes(page) ? page : "mine") as View}
          chosen={ticket}
        />
      )}
      {chosen === null ? (
        <NothingChosen />
      ) : (
        <Guard key={`${page === "bot"}${chosen}`} text={strings.failed}>
          <Conversation ticket={ticket} conversation={page === "bot" ? chosen : null} onLeave={leave} />
        </Guard>
      )}
    </div>
  );
}
