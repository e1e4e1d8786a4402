// Package static holds the files that pages load: style, scripts and icons.
// They are embedded, and every address carries a hash over all of them, so that
// a browser may keep a file for ever and modules may import each other by
// relative names.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
)

// FS holds the files under their plain names, such as "css/base.css".
//
//go:embed css js icons.svg favicon.svg vendor/htmx.min.js
var FS embed.FS

// Prefix is where the files are mounted.
const Prefix = "/static/"

// digest names the present state of all files together.
var digest = hashAll()

// URL answers the address of a file, and panics when there is none: a wrong
// name is a mistake in a template, found by the test that renders every page.
func URL(name string) string {
	if _, err := fs.Stat(FS, name); err != nil {
		panic("static: no file " + name)
	}
	return Prefix + digest + "/" + name
}

// Lookup answers the content and the media type of a path that URL made. ok is
// false for any other path, among them those of an earlier state.
func Lookup(hashed string) (content []byte, mediaType string, ok bool) {
	name, found := strings.CutPrefix(hashed, Prefix+digest+"/")
	if !found {
		return nil, "", false
	}
	content, err := FS.ReadFile(name)
	if err != nil {
		return nil, "", false
	}
	return content, mediaTypes[path.Ext(name)], true
}

// mediaTypes is a table of our own: the system's may call a script text/plain,
// and a module of that type is not run.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func hashAll() string {
	sum := sha256.New()
	err := fs.WalkDir(FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := FS.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name + "\x00"))
		sum.Write(content)
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // embedded files can be read
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}
