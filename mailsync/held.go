package mailsync

import (
	"context"
	"slices"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
	"cemigmas/mailsync/message"
)

// heldText is how much text of a mail that matches nobody is kept, in runes.
const heldText = 2000

// hold keeps what triage needs of a mail that matches nobody: its header, the
// beginning of its text and its keys; no raw mail.
func (b *batchFiling) hold(ctx context.Context, in *Incoming, row crm.LedgerRow, k keysOf, f filing) error {
	p := in.mail
	h := crm.Held{
		ID: row.ID, Mailbox: b.box.ID, Owner: b.box.Owner, Team: b.box.Team, At: p.When(in.arrived(b.now)).UTC().Truncate(time.Millisecond),
		To: addresses(p.To), Cc: addresses(p.Cc), Subject: text.Clip(p.Subject, 500), Text: text.Clip(p.Text, heldText),
		Auto: p.AutomaticReason, Suggest: f.suggest, Because: f.because, Mail: k.mail,
	}
	if from := addresses(p.From); len(from) > 0 {
		h.From = from[0]
	}
	h.Keys = heldKeys(k)
	if h.Suggest == "" {
		if err := b.suggestByThread(ctx, p, &h); err != nil {
			return err
		}
	}
	row.State, row.Reason = crm.RowHeld, ""
	b.held++
	b.put(store.Delete{In: crm.HeldMail.In, ID: h.ID, Version: -1}, crm.HeldMail.Put(&h), crm.Ledger.Put(&row))
	return nil
}

// maxHeldKeys bounds the keys of one waiting mail.
const maxHeldKeys = 200

func heldKeys(k keysOf) []string {
	out := slices.Concat(k.addresses, k.list())
	return out[:min(len(out), maxHeldKeys)]
}

// suggestByThread proposes the client of the conversation that a mail answers.
func (b *batchFiling) suggestByThread(ctx context.Context, p *message.Message, h *crm.Held) error {
	if len(p.InReplyTo) == 0 {
		return nil
	}
	parents, err := b.find(ctx, header{"messageId", p.InReplyTo[0]})
	for _, parent := range parents {
		// Of other people's conversations the owner learns nothing.
		if len(parent.Clients) > 0 && slices.Contains(parent.Owners, b.box.Owner) {
			h.Suggest, h.Because = parent.Clients[0], &crm.Reason{Kind: byThread, Value: parent.Subject}
		}
	}
	return err
}
