// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// verdicts.cpp - the rewrites alone: an analysis whose verdicts are the names of the functions.
//
//     slot_*    every allocation gets a slot of its constant size, or of 64 bytes
//     buffer_*  every allocation gets a small buffer of 32 bytes
//     *_remove* every free is deleted; else it is guarded against every slot of the function
//     *_keep*   a realloc stays on the heap
//     callee_*  a call of it in one of the above is cloned; all it frees or reallocates is foreign
//     callee_slot_*  both
//
// So every form of plugin/llvm/Apply*.cpp runs, asked for by today's analysis or not. It is linked
// with those files in place of the analysis library and loaded with -fpass-plugin. heap_* locals
// are moved to the heap when ESC_HEAP is set; ESC_LATE runs it after the inliner.
#include "Apply.h"
#include "Plan.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"
#include <cstdlib>

using namespace llvm;
using namespace escapement;

namespace {

LoweredModule *Current;
std::vector<EscVerdict> Verdicts;
std::map<EscFunc, std::vector<EscSite>> MovedSites;

bool starts(StringRef S, StringRef Prefix) {
    return S.substr(0, Prefix.size()) == Prefix;
}
bool contains(StringRef S, StringRef Part) {
    return S.find(Part) != StringRef::npos;
}

bool moves(const Function &F) {
    StringRef Name = F.getName();
    return starts(Name, "slot_") || starts(Name, "buffer_") || starts(Name, "callee_slot_");
}

const CallInst *calledAt(EscFunc F, EscOp Op) {
    auto *Call = dyn_cast<CallInst>(Current->Functions[F].OpInst[Op]);
    return Call && Call->getCalledFunction() ? Call : nullptr;
}

bool modelOf(const CallInst &Call, EscAllocatorModel &Model) {
    return esc_model_allocator(nullptr, Call.getCalledFunction()->getName().str().c_str(), &Model);
}

EscVerdict verdict(const CallInst &Call, const EscAllocatorModel &Model) {
    StringRef Name = Call.getFunction()->getName();
    bool Buffer = starts(Name, "buffer_");
    EscVerdict V = {};
    V.placement = Buffer ? ESC_PLACE_BUFFER : ESC_PLACE_SLOT;
    V.slot_bytes = Buffer ? 32 : 64;
    V.align_bytes = Model.align_param == ESC_NONE ? 16 : 64;
    if (Model.reallocates && contains(Name, "_keep"))
        V.placement = ESC_PLACE_KEPT;
    if (Buffer || Model.size_param == ESC_NONE)
        return V;
    if (auto *Size = dyn_cast<ConstantInt>(Call.getArgOperand(Model.size_param)))
        V.slot_bytes = Size->getZExtValue() * (Model.count_param == ESC_NONE ? 1 : 32);
    return V;
}

void lowerFunction(LoweredModule &L, Function &F) {
    unsigned Index = unsigned(L.Functions.size());
    LoweredFunction Lowered;
    Lowered.F = &F;
    Lowered.Id = Index;
    for (BasicBlock &BB : F)
        for (Instruction &I : BB) {
            Lowered.OpInst.push_back(&I);
            if (auto *A = dyn_cast<AllocaInst>(&I))
                Lowered.LocalInst.push_back(A);
            auto *Call = dyn_cast<CallInst>(&I);
            EscAllocatorModel Model;
            if (!Call || !Call->getCalledFunction() || !moves(F) || isSettledAllocation(*Call) ||
                !modelOf(*Call, Model) || !Model.allocates)
                continue;
            LoweredSite Site;
            Site.Call = Call;
            Site.Function = Index;
            Verdicts.push_back(verdict(*Call, Model));
            if (Verdicts.back().placement != ESC_PLACE_KEPT)
                MovedSites[Index].push_back(EscSite(L.Sites.size()));
            L.Sites.push_back(Site);
        }
    L.FunctionIndex[&F] = Index;
    L.Functions.push_back(std::move(Lowered));
}

struct ByName : PassInfoMixin<ByName> {
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &MAM) {
        auto &FAM = MAM.getResult<FunctionAnalysisManagerModuleProxy>(M).getManager();
        LoweredModule L;
        Current = &L;
        for (Function &F : M)
            if (!F.isDeclaration())
                lowerFunction(L, F);
        Options Opts;
        Opts.HeapLocals = std::getenv("ESC_HEAP") != nullptr;
        ApplyContext Context{Opts, FAM, 0, {}, {}, {}};
        applyVerdicts(L, M, Context);
        if (verifyModule(M, &errs()))
            report_fatal_error("a rewrite broke the module");
        errs() << "moved " << Context.Moved.size() << ", refused " << Context.Rejected.size()
               << ", to heap " << Context.HeapLocals.size() << "\n";
        return PreservedAnalyses::none();
    }
    static bool isRequired() { return true; }
};

struct Last : PassInfoMixin<Last> {
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
        return separateReuses(M) ? PreservedAnalyses::none() : PreservedAnalyses::all();
    }
    static bool isRequired() { return true; }
};

EscAllocatorModel model(EscAllocKind Kind, uint32_t Size, uint32_t Count = ESC_NONE) {
    EscAllocatorModel M = {};
    M.kind = Kind;
    M.allocates = M.may_fail = true;
    M.size_param = Size;
    M.count_param = Count;
    M.align_param = M.pointer_param = M.source_param = M.out_param = ESC_NONE;
    return M;
}

EscAllocatorModel aligned(EscAllocatorModel M, uint32_t Align, uint32_t Out = ESC_NONE) {
    M.align_param = Align;
    M.out_param = Out;
    return M;
}

EscAllocatorModel reallocating(EscAllocatorModel M) {
    M.reallocates = true;
    M.pointer_param = 0;
    return M;
}

EscAllocatorModel duplicating(EscAllocatorModel M) {
    M.duplicates = true;
    M.source_param = 0;
    return M;
}

EscAllocatorModel freeing() {
    EscAllocatorModel M = model(ESC_ALLOC_MALLOC, ESC_NONE);
    M.allocates = false;
    M.frees = true;
    M.pointer_param = 0;
    return M;
}

EscAllocatorModel zeroing(EscAllocatorModel M) {
    M.zeroed = true;
    return M;
}

} // namespace

// ---- the part of the library's interface that apply uses

extern "C" {

void esc_module_free(EscModule *) {}

bool esc_model_allocator(const EscModule *, const char *Name, EscAllocatorModel *Out) {
    const std::map<StringRef, EscAllocatorModel> Known = {
        {"malloc", model(ESC_ALLOC_MALLOC, 0)},
        {"pool_get", model(ESC_ALLOC_PAIRED, 0)},
        {"pool_copy", duplicating(model(ESC_ALLOC_PAIRED, ESC_NONE))},
        {"calloc", zeroing(model(ESC_ALLOC_CALLOC, 1, 0))},
        {"realloc", reallocating(model(ESC_ALLOC_REALLOC, 1))},
        {"reallocarray", reallocating(model(ESC_ALLOC_REALLOCARRAY, 2, 1))},
        {"aligned_alloc", aligned(model(ESC_ALLOC_ALIGNED, 1), 0)},
        {"posix_memalign", aligned(model(ESC_ALLOC_POSIX_MEMALIGN, 2), 1, 0)},
        {"strdup", duplicating(model(ESC_ALLOC_STRDUP, ESC_NONE))},
        {"strndup", duplicating(model(ESC_ALLOC_STRNDUP, 1))},
        {"wcsdup", duplicating(model(ESC_ALLOC_WCSDUP, ESC_NONE))},
        {"free", freeing()},
        {"pool_put", freeing()},
    };
    auto It = Known.find(Name);
    if (It == Known.end())
        return false;
    *Out = It->second;
    return true;
}

EscVerdict esc_site_verdict(const EscModule *, EscSite Site) {
    return Verdicts[Site];
}

EscVerdict esc_local_verdict(const EscModule *, EscFunc F, EscLocal Local, bool *Proved) {
    EscVerdict V = {};
    *Proved = contains(Current->Functions[F].LocalInst[Local]->getName(), "heap_");
    V.placement = *Proved ? ESC_PLACE_HEAP : ESC_PLACE_SLOT;
    return V;
}

EscAction esc_op_action(const EscModule *, EscFunc F, EscOp Op, const EscSite **Sites,
                        uint32_t *Count) {
    const CallInst *Call = calledAt(F, Op);
    auto Moved = MovedSites.find(F);
    *Count = 0;
    if (!Call || Moved == MovedSites.end())
        return ESC_ACT_NONE;
    *Sites = Moved->second.data();
    *Count = uint32_t(Moved->second.size());
    EscAllocatorModel Model;
    bool Known = modelOf(*Call, Model);
    if (!Known && starts(Call->getCalledFunction()->getName(), "callee_"))
        return ESC_ACT_CLONE;
    if (Known && Model.frees && contains(Call->getFunction()->getName(), "_remove"))
        return ESC_ACT_REMOVE;
    if (Known && (Model.frees || Model.reallocates))
        return ESC_ACT_GUARD;
    *Count = 0;
    return ESC_ACT_NONE;
}

bool esc_op_frees_foreign(const EscModule *, EscFunc F, EscOp Op) {
    const CallInst *Call = calledAt(F, Op);
    EscAllocatorModel Model;
    if (!Call)
        return false;
    return modelOf(*Call, Model) ? Model.frees || Model.reallocates
                                 : starts(Call->getCalledFunction()->getName(), "callee_");
}

LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo llvmGetPassPluginInfo() {
    auto Register = [](PassBuilder &PB) {
        auto Add = [](ModulePassManager &MPM, auto...) { MPM.addPass(ByName()); };
        PB.registerOptimizerLastEPCallback(
            [](ModulePassManager &MPM, auto...) { MPM.addPass(Last()); });
        if (std::getenv("ESC_LATE"))
            PB.registerOptimizerEarlyEPCallback(Add);
        else
            PB.registerPipelineEarlySimplificationEPCallback(Add);
    };
    return {LLVM_PLUGIN_API_VERSION, "verdicts-by-name", "1", Register};
}
}
