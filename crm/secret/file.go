package secret

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const fileHeader = "# Master keys of this installation, newest last. Keep a copy apart from the backups.\n"

// LoadOrCreate reads the key file, or makes it with one fresh key and mode 0600
// if there is none. Two processes that start at once end with the same key.
// Errors say which file and what to do: it can be read by others, is damaged,
// or cannot be written.
func LoadOrCreate(path string) (*Ring, error) {
	r, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	fresh := NewRing()
	if err := createFile(path, fresh.keys); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create key file: %w", err)
	}
	return Load(path) // ours, or that of who was quicker
}

// Load reads the key file. A missing one is fs.ErrNotExist.
func Load(path string) (*Ring, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("key file %s is not a regular file", path)
	}
	// Windows has no such bits; its access lists are the administrator's.
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&others(path) != 0 {
		return nil, fmt.Errorf("key file %s can be read or written by others (mode %04o): run chmod 600 on it", path, mode)
	}
	keys, err := readKeys(f)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return &Ring{keys: keys}, nil
}

// others are the permissions that a key file must not have. A credential that
// systemd hands to the service's own user carries an access list, whose mask
// shows as the group's right to read; nobody else can enter its directory.
func others(path string) fs.FileMode {
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && filepath.Dir(path) == filepath.Clean(dir) {
		return 0o037
	}
	return 0o077
}

func readKeys(f io.Reader) ([]Key, error) {
	var keys []Key
	s := bufio.NewScanner(f)
	for line := 1; s.Scan(); line++ {
		text := strings.TrimSpace(s.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		k, ok := parseKey(text)
		if !ok { // the text itself stays out of the message: it may be a key
			return nil, fmt.Errorf("line %d is damaged", line)
		}
		keys = append(keys, k)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no key")
	}
	return keys, nil
}

func parseKey(line string) (Key, bool) {
	id, text, _ := strings.Cut(line, " ")
	b, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != keyLen || len(id) != keyIDLen || strings.Contains(id, ".") {
		return Key{}, false
	}
	k := Key{ID: id}
	copy(k.bytes[:], b)
	return k, true
}

func formatKeys(keys []Key) []byte {
	b := []byte(fileHeader)
	for _, k := range keys {
		b = append(b, k.ID+" "+base64.RawStdEncoding.EncodeToString(k.bytes[:])+"\n"...)
	}
	return b
}

// Rotate adds a fresh key to the file and to the ring and returns its id. Old
// keys stay, so that what they sealed still opens. Other processes read the
// file again when they meet an id that they do not know (Reload). Two rotations
// at once would lose one key and all that it sealed, so the second is refused.
func (r *Ring) Rotate(path string) (id string, err error) {
	lock := path + ".lock"
	l, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("rotate key: another rotation runs, or one was cut off and left its lock: %w", err)
	}
	defer func() { err = errors.Join(err, l.Close(), os.Remove(lock)) }()
	onDisk, err := Load(path)
	if err != nil {
		return "", err
	}
	keys := append(onDisk.keys, newKey())
	if err := replaceFile(path, keys); err != nil {
		return "", fmt.Errorf("rotate key: %w", err)
	}
	r.set(keys)
	return keys[len(keys)-1].ID, nil
}

// Reload takes over the keys of the file, after a rotation by another process.
func (r *Ring) Reload(path string) error {
	onDisk, err := Load(path)
	if err != nil {
		return err
	}
	r.set(onDisk.keys)
	return nil
}

func (r *Ring) set(keys []Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys
}

// createFile writes a complete file under another name and links it to path,
// which fails if path exists: nobody ever reads half a key.
func createFile(path string, keys []Key) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := writeTemp(path, keys)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		return createExclusive(path, keys) // a file system without links
	}
	return syncDir(filepath.Dir(path))
}

func createExclusive(path string, keys []Key) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return writeSynced(f, keys)
}

func replaceFile(path string, keys []Key) error {
	temp, err := writeTemp(path, keys)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(filepath.Dir(path))
}

// writeTemp writes the keys beside path; os.CreateTemp makes it 0600.
func writeTemp(path string, keys []Key) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return "", err
	}
	if err := writeSynced(f, keys); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func writeSynced(f *os.File, keys []Key) error {
	_, err := f.Write(formatKeys(keys))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes the new name survive a power cut; what was sealed under a lost
// key could never be opened. Windows cannot sync a directory.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
