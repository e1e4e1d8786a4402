package crm

import (
	"strings"
	"time"
	_ "time/tzdata" // days and months have borders on every machine

	"cemigmas/crm/store"
)

// tables lists every table, so that the doctor knows how each is encoded.
var tables = []stored{
	Clients, People, Installations, Contracts, Readings, Tariffs, Deadlines, Documents, Benchmarks, Sectors,
	Pairs, Merges, Moves, Ties,
	Activities, Timeline,
	Users, Sessions, Attempts, Marks,
	Mailboxes, Folders, Ledger, Messages, Threads, MailLinks, HeldMail, MailRules, Refiles,
	Jobs, ImportErrors, ImportDiffs, ImportMappings, Revisions, Chores, Handovers, Views,
	NewsRows, Nodes,
}

// Schema lists every collection, for a driver to open.
func Schema() []*store.Collection {
	out := make([]*store.Collection, 0, len(tables)+1)
	for _, t := range tables {
		out = append(out, t.collection())
	}
	return append(out, store.State)
}

// Zone is where days and months begin and end. The program sets it once at
// start from its settings.
var Zone = mustZone("America/Sao_Paulo")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // time/tzdata is embedded by crm/calendar
	}
	return z
}

// MonthOf is the month of an instant, such as 2026-10, in Zone.
func MonthOf(t time.Time) string { return t.In(Zone).Format("2006-01") }

// DayOf is the civil date of an instant, such as 2026-10-31, in Zone.
func DayOf(t time.Time) string { return t.In(Zone).Format("2006-01-02") }

// DomainOf is the domain of a mail address.
func DomainOf(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return address[i+1:]
	}
	return ""
}
