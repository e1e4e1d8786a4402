package crm

import "strings"

// EntryID names the one timeline row of a thread at a client.
func EntryID(thread, client string) string { return thread + ":" + client }

// Show makes a timeline row show this mail: the newest one of its thread.
func (e *Entry) Show(l *MailLink) {
	e.At, e.Title, e.Text = l.At, l.Subject, l.Preview
	e.Inbound, e.People, e.Files, e.Why = !l.Outbound, []string{l.From}, l.Files, l.Why
	if strings.TrimSpace(l.From) == "" {
		e.People = nil
	}
}
