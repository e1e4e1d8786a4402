package mailsync

import (
	"context"
	"iter"
	"maps"
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// What a batch will ask of the store is asked before its first mail is looked
// at, many questions at once: a server that is a millisecond away would else be
// waited for several times a mail. Nothing comes in between, because one batch
// is filed at a time. What was not foreseen is read when it is needed.

// header names mails by one of their headers.
type header struct{ field, value string }

// ahead is what was read beforehand; a nil value says that nothing is there.
type ahead struct {
	headers map[header][]crm.Message
	alike   map[string][]crm.Message // by the id of the mail that asks
	threads map[string]*crm.Thread
	entries map[string]*crm.Entry
}

// readAhead makes the messages of the mails that will be filed and reads what
// filing them asks for.
func (b *batchFiling) readAhead(ctx context.Context, batch []*Incoming, keys []keysOf) error {
	b.ahead = ahead{map[header][]crm.Message{}, map[string][]crm.Message{}, map[string]*crm.Thread{}, map[string]*crm.Entry{}}
	clients := map[*crm.Message][]string{}
	questions := map[header]bool{}
	for i, in := range batch {
		if in.mail == nil || b.messages[keys[i].mail] != nil || b.made[keys[i].mail] != nil {
			continue
		}
		if _, ignored := b.matcher.ignored(keys[i].mail, firstEmail(in.mail.From), b.box.Owner); ignored {
			continue
		}
		f := b.matcher.match(keys[i])
		if len(f.reasons) == 0 {
			if len(in.mail.InReplyTo) > 0 && f.suggest == "" {
				questions[header{"messageId", in.mail.InReplyTo[0]}] = true
			}
			continue
		}
		m := b.message(in, keys[i])
		b.made[m.ID] = m
		clients[m] = f.clients()
		for _, h := range relations(m) {
			questions[h.header] = true
		}
	}
	maps.DeleteFunc(questions, func(h header, _ bool) bool { return h.value == "" })
	if err := b.readHeaders(ctx, slices.Collect(maps.Keys(questions))); err != nil {
		return err
	}
	if err := b.readAlike(ctx); err != nil {
		return err
	}
	return b.readThreads(ctx, clients)
}

func (b *batchFiling) readHeaders(ctx context.Context, questions []header) error {
	answers, err := store.Gather(ctx, b.svc.Store(), questions, b.byHeader)
	for i := range answers {
		b.ahead.headers[questions[i]] = answers[i]
	}
	return err
}

// readAlike asks for mails of equal subject.
func (b *batchFiling) readAlike(ctx context.Context) error {
	asking := slices.Collect(maps.Values(b.made))
	asking = slices.DeleteFunc(asking, func(m *crm.Message) bool { return !guessable(m) })
	answers, err := store.Gather(ctx, b.svc.Store(), asking, b.bySubject)
	for i := range answers {
		b.ahead.alike[asking[i].ID] = answers[i]
	}
	return err
}

// readThreads reads the conversations that the mails may belong to, and the
// timeline rows of those that are there.
func (b *batchFiling) readThreads(ctx context.Context, clients map[*crm.Message][]string) error {
	threads, entries := set{}, set{}
	candidates := map[*crm.Message]set{}
	for m := range clients {
		candidates[m] = set{threadID(m): true}
		for _, h := range relations(m) {
			for _, o := range b.ahead.headers[h.header] {
				candidates[m].add(o.Thread)
			}
		}
		for _, o := range b.ahead.alike[m.ID] {
			candidates[m].add(o.Thread)
		}
		maps.Copy(threads, candidates[m])
	}
	if err := readAll(ctx, b.svc.Store(), crm.Threads, threads, b.ahead.threads); err != nil {
		return err
	}
	for m, of := range clients {
		for t := range candidates[m] {
			for _, c := range of {
				if b.ahead.threads[t] != nil {
					entries.add(crm.EntryID(t, c))
				}
			}
		}
	}
	return readAll(ctx, b.svc.Store(), crm.Timeline, entries, b.ahead.entries)
}

// readAll reads documents by their ids, nil for what is not there.
func readAll[T any](ctx context.Context, st store.Store, table crm.Table[T], ids set, into map[string]*T) error {
	for part := range slices.Chunk(sorted(ids), window) {
		have, err := table.GetMany(ctx, st, part)
		if err != nil {
			return err
		}
		for _, id := range part {
			into[id] = nil
			if v, ok := have[id]; ok {
				into[id] = &v
			}
		}
	}
	return nil
}

// gather asks for each member of a set; what has no answer gets no entry.
func gather[R any](ctx context.Context, st store.Store, s set, into map[string][]R, ask func(context.Context, string) ([]R, error)) error {
	keys := sorted(s)
	answers, err := store.Gather(ctx, st, keys, ask)
	for i := range answers {
		if len(answers[i]) > 0 {
			into[keys[i]] = answers[i]
		}
	}
	return err
}

// collect takes what a walk finds, at most most of it (0: all).
func collect[T any](walk iter.Seq2[T, error], most int) (list []T, err error) {
	for v, err := range walk {
		if err != nil {
			return nil, err
		}
		if list = append(list, v); len(list) == most {
			break
		}
	}
	return list, nil
}

// first finds one by a field.
func first[T any](ctx context.Context, table crm.Table[T], st store.Store, field, value string) ([]T, error) {
	v, err := table.First(ctx, st, store.Query{Where: []store.Cond{store.Is(field, value)}})
	if err != nil || v == nil {
		return nil, err
	}
	return []T{*v}, nil
}
