package demo

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed texts/mails.txt
var mailTexts string

//go:embed texts/replies.txt
var replyTexts string

// script is a conversation with slots.
type script struct {
	lang    string // pt or es
	subject string
	turns   []turn
}

// turn is one mail of a script.
type turn struct {
	agent      bool // the agent writes
	paragraphs []string
	file       string // pdf, xlsx, csv or ""
}

var (
	scripts = readScripts(mailTexts)
	replies = readReplies(replyTexts)
)

// readScripts reads the sheet of conversations; like readSentences it panics
// on what it does not understand.
func readScripts(sheet string) (out []script) {
	for n, line := range lines(sheet) {
		head, rest, _ := strings.Cut(line, " ")
		switch {
		case head == "=":
			lang, subject, _ := strings.Cut(rest, " ")
			out = append(out, script{lang: lang, subject: subject})
		case (head == "C:" || head == "A:") && len(out) > 0:
			s := &out[len(out)-1]
			s.turns = append(s.turns, readTurn(head == "A:", rest))
		default:
			panic(fmt.Sprintf("demo: mail text %d: %q", n, line))
		}
	}
	return out
}

func readTurn(agent bool, text string) turn {
	t := turn{agent: agent}
	for _, kind := range []string{"pdf", "xlsx", "csv"} {
		if cut, ok := strings.CutSuffix(text, " ("+kind+")"); ok {
			text, t.file = cut, kind
		}
	}
	t.paragraphs = strings.Split(text, " / ")
	return t
}

func readReplies(sheet string) map[string][]string {
	out := map[string][]string{}
	for _, line := range lines(sheet) {
		lang, text, _ := strings.Cut(line, " ")
		out[lang] = append(out[lang], text)
	}
	return out
}

// lines are those of a sheet that are neither empty nor a remark.
func lines(sheet string) (out []string) {
	for _, line := range strings.Split(sheet, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}
