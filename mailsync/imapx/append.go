package imapx

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Append puts a mail into a folder, marked as read (a copy of what was sent).
// It returns the new UID, 0 when the server does not tell. This is the only
// command that changes a mailbox.
func (c *Conn) Append(ctx context.Context, folder string, raw []byte, internal time.Time) (uint32, error) {
	var uid uint32
	err := c.do(ctx, "append to "+folder, smallAnswer, func() error {
		cmd := c.client.Append(folder, int64(len(raw)), &imap.AppendOptions{Time: internal, Flags: []imap.Flag{imap.FlagSeen}})
		_, werr := cmd.Write(raw)
		if err := cmd.Close(); werr == nil {
			werr = err
		}
		d, err := cmd.Wait()
		if err != nil {
			return err
		}
		if werr != nil {
			return werr
		}
		uid = uint32(d.UID)
		return nil
	})
	return uid, err
}
