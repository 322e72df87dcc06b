# shellcheck shell=bash
# Certificates and kubeconfig files, made anew for each cluster.

certificate_days=3650

# new_authority NAME: a certificate authority of our own.
new_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$certificate_days" \
    -subj "/CN=fairlead-testbed-$1" -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$state/pki/$1.key" -out "$state/pki/$1.crt" 2> /dev/null
}

# new_certificate AUTHORITY NAME SUBJECT [NAMES]: for servers and clients alike. NAMES is a list in
# the form of a subjectAltName.
new_certificate() {
  openssl req -x509 -CA "$state/pki/$1.crt" -CAkey "$state/pki/$1.key" \
    -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$certificate_days" -subj "$3" \
    -addext "subjectAltName=${4:-DNS:$2}" -addext basicConstraints=critical,CA:FALSE \
    -addext extendedKeyUsage=serverAuth,clientAuth \
    -keyout "$state/pki/$2.key" -out "$state/pki/$2.crt" 2> /dev/null
}

# new_kubeconfig NAME: for the certificate of that name, complete in itself so it can be copied.
new_kubeconfig() {
  local ca crt key
  ca=$(base64 -w0 "$state/pki/ca.crt")
  crt=$(base64 -w0 "$state/pki/$1.crt")
  key=$(base64 -w0 "$state/pki/$1.key")
  (umask 077 && cat > "$state/$1.kubeconfig") << YAML
apiVersion: v1
kind: Config
clusters:
- name: fairlead-testbed
  cluster: {server: "https://127.0.0.1:$api_port", certificate-authority-data: $ca}
users:
- name: $1
  user: {client-certificate-data: $crt, client-key-data: $key}
contexts:
- name: fairlead-testbed
  context: {cluster: fairlead-testbed, user: $1}
current-context: fairlead-testbed
YAML
}

make_pki() {
  local api_names=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc
  api_names+=,DNS:kubernetes.default.svc.cluster.local
  api_names+=,IP:127.0.0.1,IP:$gateway,IP:$api_service_address
  mkdir -p "$state/pki"
  chmod 700 "$state/pki"
  new_authority ca
  new_authority front-proxy-ca
  openssl genrsa -out "$state/pki/service-account.key" 2048 2> /dev/null
  new_certificate ca apiserver /CN=kube-apiserver "$api_names"
  new_certificate ca admin /O=system:masters/CN=admin
  new_certificate ca kubelet "/O=system:nodes/CN=system:node:$node" "DNS:$node,IP:$gateway"
  new_certificate ca controller-manager /CN=system:kube-controller-manager
  new_certificate ca scheduler /CN=system:kube-scheduler
  new_certificate ca proxy /CN=system:kube-proxy
  new_certificate front-proxy-ca front-proxy /CN=front-proxy
  local name
  for name in admin kubelet controller-manager scheduler proxy; do
    new_kubeconfig "$name"
  done
}
