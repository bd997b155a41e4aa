/* voice_priv.h - the libraries of each runtime, by what they talk to. */
#ifndef FORGE_VOICE_PRIV_H
#define FORGE_VOICE_PRIV_H

#include "forge/app.h"

extern const forge_library voice_java[PEER_COUNT], voice_dotnet[PEER_COUNT];                       /* voice_managed.c */
extern const forge_library voice_python[PEER_COUNT], voice_node[PEER_COUNT];                       /* voice_script.c */
extern const forge_library voice_ruby[PEER_COUNT], voice_php[PEER_COUNT];                          /* voice_web.c */
extern const forge_library voice_go[PEER_COUNT], voice_rust[PEER_COUNT], voice_cpp[PEER_COUNT];    /* voice_native.c */
extern const forge_library voice_proxy[PEER_COUNT];

#endif
