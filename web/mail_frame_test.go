package web

import (
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/mailsync/message"
)

func TestFrameHeight(t *testing.T) {
	words := func(kind message.Kind, text string) message.Block { return message.Block{Kind: kind, Text: text} }
	picture := crm.File{Type: "image/png", Inline: true}
	for _, c := range []struct {
		name   string
		blocks []message.Block
		files  []crm.File
		want   int
	}{
		{"nothing", nil, nil, 48},
		{"a line", []message.Block{words(message.KindText, "Bom dia.\n")}, nil, 48},
		{"three lines and a gap", []message.Block{words(message.KindText, "Um\n\nDois\nTrês\n")}, nil, 16 + 3*23 + 13},
		{"a long line wraps", []message.Block{words(message.KindText, strings.Repeat("á", 200))}, nil, 16 + 3*23},
		{"a quote is folded", []message.Block{words(message.KindText, "Um\nDois\n"), words(message.KindQuote, strings.Repeat("> sim\n", 90))}, nil, 16 + 2*23 + 34},
		{"a signature counts", []message.Block{words(message.KindText, "Um\nDois\n"), words(message.KindSignature, "--\nAna\n")}, nil, 16 + 4*23},
		{"a picture", nil, []crm.File{picture, {Type: "image/png"}, {Type: "application/pdf", Inline: true}}, 16 + 160},
		{"a book scrolls", []message.Block{words(message.KindText, strings.Repeat("linha\n", 500))}, nil, 900},
	} {
		if got := wideFrame.height(c.blocks, c.files); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	long := []message.Block{words(message.KindText, strings.Repeat("palavra ", 30))}
	if wide, narrow := wideFrame.height(long, nil), narrowFrame.height(long, nil); narrow <= wide {
		t.Errorf("a phone's frame is %d, the wide one %d", narrow, wide)
	}
}

func TestMailDocument(t *testing.T) {
	for _, c := range []struct {
		name, body string
		has, lacks string
	}{
		{"plain words follow the theme", "<p>Bom dia.</p>", "<html><head>", `class="paper"`},
		{"own colours stay on paper", `<p style="color: #111111">Bom dia.</p>`, `<html class="paper">`, ""},
		{"an own ground stays on paper", `<table bgcolor="#eeeeee"></table>`, `<html class="paper">`, ""},
		{"a signature steps back", "<p>Sim.</p><p>-- <br>Ana</p>", `<p class="sign">-- <br>`, ""},
		{"dashes alone are no signature", "<p>--x<br></p>", "<p>--x<br></p>", `class="sign"`},
	} {
		got := mailDocument(c.body)
		if !strings.Contains(got, c.has) || c.lacks != "" && strings.Contains(got, c.lacks) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
