package transferd

import (
	"context"
	"strings"

	"google.golang.org/grpc"
)

// formerName is the service in daemons of the older package transfersdk, whose
// messages are the same (spec/transfer.md 9.3).
const formerName = "transfersdk.TransferService"

// FormerService describes the service under the name of the older package, for
// servers that answer to both.
func FormerService() *grpc.ServiceDesc {
	former := TransferService_ServiceDesc
	former.ServiceName = formerName
	return &former
}

// Former returns a connection whose calls go to the service of the older package.
func Former(conn grpc.ClientConnInterface) grpc.ClientConnInterface { return former{conn} }

type former struct{ grpc.ClientConnInterface }

func (f former) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	return f.ClientConnInterface.Invoke(ctx, formerMethod(method), args, reply, options...)
}

func (f former) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	return f.ClientConnInterface.NewStream(ctx, desc, formerMethod(method), options...)
}

// formerMethod renames "/transferd.api.TransferService/GetInfo".
func formerMethod(method string) string {
	return "/" + formerName + method[strings.LastIndexByte(method, '/'):]
}
