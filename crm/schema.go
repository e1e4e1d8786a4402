package crm

import (
	"strings"
	"time"
	_ "time/tzdata" // days and months have borders on every machine

	"cemigmas/crm/store"
)

// Schema lists every collection, for a driver to open.
func Schema() []*store.Collection {
	return []*store.Collection{
		Clients.In, People.In, Installations.In, Contracts.In, Readings.In, Tariffs.In,
		Activities.In, Timeline.In,
		Users.In, Sessions.In, Attempts.In, Marks.In,
		Mailboxes.In, Folders.In, Ledger.In, Messages.In, Threads.In, MailLinks.In, HeldMail.In, MailRules.In, Refiles.In,
		Jobs.In, ImportErrors.In,
	}
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
