package mailsync

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

var storeAll store.Query

// arrive files mails one after another, in this order.
func (h *house) arrive(posts ...post) {
	h.t.Helper()
	box := crm.Mailbox{ID: "box", Owner: "u-ana", Team: "norte", Address: "ana@luz.example"}
	for _, p := range posts {
		n := len(all(h, crm.Ledger, storeAll))
		row := crm.LedgerRow{ID: fmt.Sprintf("row%06d", n), Mailbox: box.ID, Folder: "f", Epoch: 1, UID: uint32(n + 1), State: crm.RowWanted}
		h.must(h.Apply(h.t.Context(), crm.Ledger.Put(&row)))
		row.Version = 1
		in := &Incoming{Row: row, Raw: crlf(p.raw()), Internal: p.at}
		in.parse()
		h.must(h.engine.filer.file(h.t.Context(), box, []*Incoming{in}))
	}
}

// partition names the conversations by the Message-IDs in them.
func (h *house) partition() string {
	h.t.Helper()
	by := map[string][]string{}
	for _, m := range h.messages() {
		by[m.Thread] = append(by[m.Thread], strings.TrimSuffix(m.MessageID, "@x"))
	}
	var out []string
	for t, ids := range by {
		slices.Sort(ids)
		out = append(out, strings.Join(ids, " "))
		doc, err := crm.Threads.Get(h.t.Context(), h.store, t)
		h.must(err)
		if doc.Count != int64(len(ids)) || doc.MergedInto != "" {
			h.t.Errorf("thread of %v counts %d, merged into %q", ids, doc.Count, doc.MergedInto)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " | ")
}

// ownBox makes ana@luz.example one of our addresses.
func ownBox(h *house) {
	h.boxAt(h.ana, 1, "ana", "x")
}

func TestConversations(t *testing.T) {
	day := func(n int) time.Time { return villageAt.AddDate(0, 0, -100+n) }
	for _, c := range []struct {
		name    string
		mails   []post
		want    string
		guessed bool
	}{
		{"an answer", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", reply: "1@x", subject: "outro assunto", at: day(2)}}, "1 2", false},
		{"References with equal subject", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", refs: "1@x", subject: "RES: A", at: day(50)}}, "1 2", false},
		{"References of another subject", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", refs: "1@x", subject: "B", at: day(2)}}, "1 | 2", false},
		{"two answers to a mail that is not here", []post{{id: "1@x", reply: "0@x", subject: "A", at: day(1)}, {id: "2@x", reply: "0@x", subject: "B", at: day(2)}}, "1 2", false},
		{"a late parent joins two", []post{{id: "2@x", reply: "1@x", subject: "A", at: day(2)}, {id: "4@x", reply: "3@x", subject: "B", at: day(3)}, {id: "3@x", reply: "1@x", subject: "C", at: day(2)}}, "2 3 4", false},
		{"a late root by References", []post{{id: "3@x", refs: "1@x 2@x", subject: "Re: A", at: day(40)}, {id: "1@x", subject: "A", at: day(1)}}, "1 3", false},
		{"a guess", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", subject: "Re: A", at: day(20)}}, "1 2", true},
		{"a guess by an answer of ours", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", subject: "Re: A", from: "ana@luz.example", to: "bia@vale.example", at: day(2)}}, "1 2", true},
		{"too late for a guess", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", subject: "Re: A", at: day(32)}}, "1 | 2", false},
		{"the subject alone", []post{{id: "1@x", subject: "A", at: day(1)}, {id: "2@x", subject: "A", from: "caio@vale.example", at: day(2)}}, "1 | 2", false},
		{"our own address is nobody in common", []post{{id: "1@x", subject: "A", cc: "ana@luz.example", at: day(1)}, {id: "2@x", subject: "A", from: "caio@vale.example", cc: "ana@luz.example", at: day(2)}}, "1 | 2", false},
		{"no subject", []post{{id: "1@x", at: day(1)}, {id: "2@x", at: day(2)}}, "1 | 2", false},
		{"automatic mail is not guessed", []post{{id: "1@x", subject: "A", extra: "Auto-Submitted: auto-generated\n", at: day(1)}, {id: "2@x", subject: "A", at: day(2)}}, "1 | 2", false},
		{"both name what they answer", []post{{id: "2@x", reply: "1@x", subject: "Re: A", at: day(1)}, {id: "4@x", reply: "3@x", subject: "Re: A", at: day(2)}}, "2 | 4", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, turn := range []bool{false, true} {
				h := newHouse(t)
				ownBox(h)
				mails := slices.Clone(c.mails)
				if turn {
					slices.Reverse(mails)
				}
				h.arrive(mails...)
				if got := h.partition(); got != c.want {
					t.Errorf("backwards %v: %s, want %s", turn, got, c.want)
				}
				guessed := false
				for _, m := range h.messages() {
					doc, err := crm.Threads.Get(t.Context(), h.store, m.Thread)
					h.must(err)
					guessed = guessed || doc.Guessed
				}
				if guessed != c.guessed {
					t.Errorf("backwards %v: guessed %v", turn, guessed)
				}
				// One row a conversation on the timeline, with its count.
				sum := int64(0)
				tl := h.timeline("c-vale")
				for _, e := range tl {
					sum += e.Count
				}
				if len(tl) != strings.Count(c.want, "|")+1 || sum != int64(len(c.mails)) {
					t.Errorf("backwards %v: %d rows with %d mails", turn, len(tl), sum)
				}
			}
		})
	}
}

// TestMergedConversationIsReadUnderItsOldName: a page that is open, or a link
// that was sent, names the conversation that is no more.
func TestMergedConversationIsReadUnderItsOldName(t *testing.T) {
	h := newHouse(t)
	ownBox(h)
	h.arrive(post{id: "1@x", subject: "A"}, post{id: "3@x", reply: "2@x", subject: "B"})
	var old []string
	for _, m := range h.messages() {
		old = append(old, m.Thread)
	}
	h.arrive(post{id: "2@x", reply: "1@x", subject: "C"})
	for _, id := range old {
		v, err := h.ThreadView(t.Context(), h.ana, id)
		if err != nil || len(v.Messages) != 3 || v.Subject != "A" && v.Subject != "B" && v.Subject != "C" {
			t.Errorf("%+v, %v", v, err)
		}
	}
	for _, l := range h.links() {
		if l.Thread != h.messages()[0].Thread {
			t.Errorf("a link stayed behind: %+v", l)
		}
	}
	tl := h.timeline("c-vale")
	if len(tl) != 1 || tl[0].Count != 3 {
		t.Errorf("%+v", tl)
	}
}

// corpus is a year of mail with the conversation that each belongs to, in its
// id: "7.3" is the third of conversation 7.
func corpus() (mails []post, want string) {
	r := rand.New(rand.NewPCG(7, 7))
	people := []string{"bia@vale.example", "caio@vale.example", "dora@vale.example", "compras@hospital.example"}
	var labels []string
	for c := range 12 {
		var ids []string
		n := 2 + r.IntN(8)
		start := villageAt.AddDate(0, 0, -360+c*29)
		who := people[c%len(people)]
		for i := range n {
			id := fmt.Sprintf("%d.%d", c, i)
			p := post{id: id + "@x", subject: fmt.Sprintf("Assunto %d", c), from: who, text: id, at: start.Add(time.Duration(i) * 31 * time.Hour)}
			if i > 0 {
				p.subject = []string{"Re: ", "RES: ", "Enc: ", ""}[r.IntN(4)] + p.subject
				parent := ids[r.IntN(len(ids))]
				switch kind := r.IntN(4); {
				case kind == 0: // an answer
					p.reply = parent + "@x"
				case kind == 1:
					p.reply, p.refs = parent+"@x", ids[0]+"@x "+parent+"@x"
				case kind == 2:
					p.refs = ids[0] + "@x " + parent + "@x"
				default: // the program forgot; people and subject say it
					p.from, p.to = "ana@luz.example", who
				}
				if p.reply != "" && p.refs == "" && r.IntN(3) == 0 {
					p.subject = "Assunto mudado " + id
				}
			}
			ids = append(ids, id)
			mails = append(mails, p)
		}
		slices.Sort(ids)
		labels = append(labels, strings.Join(ids, " "))
	}
	slices.Sort(labels)
	return mails, strings.Join(labels, " | ")
}

func TestTheOrderOfArrivalMakesNoDifference(t *testing.T) {
	t.Parallel()
	mails, want := corpus()
	t.Logf("%d mails", len(mails))
	var first string
	for seed := range uint64(few(10)) {
		h := newHouse(t)
		ownBox(h)
		order := slices.Clone(mails)
		rand.New(rand.NewPCG(seed, 3)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		h.arrive(order...)
		if got := h.partition(); got != want {
			t.Errorf("order %d:\n%s\nwant\n%s", seed, got, want)
		}
		var entries []string
		for _, e := range slices.Concat(h.timeline("c-vale"), h.timeline("c-hospital")) {
			entries = append(entries, fmt.Sprint(e.Client, e.At, e.Title, e.Text, e.Count, e.Inbound))
		}
		got := strings.Join(entries, "\n")
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("order %d: other timelines", seed)
		}
	}
}
