package store

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

// distant is a driver that likes eight questions at once, in a wrapper.
type distant struct{ Store }

func (distant) AtOnce() int { return 8 }

var far = Fenced(distant{}, Lease{})

func TestAFileIsAskedOneByOne(t *testing.T) {
	var open atomic.Int32
	_, err := Gather(t.Context(), Store(nil), make([]int, 50), func(context.Context, int) (int, error) {
		if open.Add(1) != 1 {
			t.Error("two at once")
		}
		open.Add(-1)
		return 0, nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestGatherAsksAtOnceAndKeepsTheOrder(t *testing.T) {
	var open atomic.Int32
	all := make(chan struct{})
	list := make([]int, 100)
	for i := range list {
		list[i] = i
	}
	got, err := Gather(t.Context(), far, list, func(_ context.Context, n int) (int, error) {
		if open.Add(1) == 8 {
			close(all)
		}
		if n < 8 {
			<-all // the first ones wait for each other
		}
		return n * n, nil
	})
	if err != nil || len(got) != len(list) {
		t.Fatal(len(got), err)
	}
	for i, v := range got {
		if v != i*i {
			t.Fatalf("%d at %d", v, i)
		}
	}
}

func TestGatherEndsWithTheFirstError(t *testing.T) {
	bad := errors.New("bad")
	_, err := Gather(t.Context(), far, []int{1, 2, 3, 4}, func(ctx context.Context, n int) (int, error) {
		if n == 2 {
			return 0, bad
		}
		<-ctx.Done() // what is being asked is told to end
		return 0, ctx.Err()
	})
	if !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Gather(ctx, far, []int{1}, func(context.Context, int) (int, error) { return 1, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if got, err := Gather(t.Context(), far, nil, func(context.Context, int) (int, error) { return 1, nil }); err != nil || len(got) != 0 {
		t.Errorf("nothing asked: %v %v", got, err)
	}
}

func TestGatherPanicsInItsCaller(t *testing.T) {
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("recovered %v", p)
		}
	}()
	_, _ = Gather(t.Context(), far, slices.Repeat([]int{1}, 20), func(context.Context, int) (int, error) { panic("broken") })
	t.Error("it went on")
}
