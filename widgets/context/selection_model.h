#pragma once

#include "core/capture/capture.h"
#include "core/capture/saved_head_set.h"
#include "core/capture/selection.h"
#include "widgets/context/map_navigation.h"
#include "widgets/context/recording.h"

#include <QImage>
#include <QObject>

#include <memory>
#include <optional>

namespace heedmap {

class Chain;

/// What the pointer or the keyboard focus rests on: transient, never part of the document.
struct Hover
{
    std::optional<AxisPosition> query; ///< a token whose map is asked for
    std::optional<AxisPosition> key;   ///< a patch or token asked "who looks at you?"
    bool operator==(const Hover&) const = default;
};

/// What all views show. One setter and one signal for each of its seven parts; a setter that changes nothing is silent.
/// Heads and rows that the capture does not hold are never selected nor shown.
/// Lives in the GUI thread.
class SelectionModel : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    const std::shared_ptr<const Capture>& capture() const { return m_capture; }
    const Selection& selection() const { return m_selection; }
    const Hover& hover() const { return m_hover; }
    const QImage& picture() const { return m_picture; } ///< upright; null when there is none
    const std::shared_ptr<const Recording>& recording() const { return m_recording; } ///< null when there is none
    /// Of the question, when it was spoken: its capture, in which the recording became the text that `capture` was
    /// asked. Null when the question was typed.
    const std::shared_ptr<const Capture>& speech() const { return m_speech; }
    /// The chain between these two as it was opened. Null, or of other captures: a chain is made by itself.
    const std::shared_ptr<const Chain>& openedChain() const { return m_openedChain; }
    /// Sets that were saved, whether or not their heads exist in this capture.
    const std::vector<SavedHeadSet>& headSets() const { return m_headSets; }

    /// Shows a capture (null: none) with a selection that belongs to it. Clears the hover.
    void setCapture(std::shared_ptr<const Capture> capture, const Selection& selection);
    void setSelection(const Selection& selection);
    void setHover(const Hover& hover);
    void setPicture(const QImage& picture);
    void setRecording(std::shared_ptr<const Recording> recording);
    void setSpeech(std::shared_ptr<const Capture> speech, std::shared_ptr<const Chain> openedChain = nullptr);
    void setHeadSets(const std::vector<SavedHeadSet>& sets);

    /// Keeps this token alone (or lets go of it when it is the only kept one), going to a map of its axis if the
    /// current one is not.
    void toggleQuery(const AxisPosition& query);
    /// Keeps a token beside those kept, as the current one, or lets go of it alone. A token of another axis cannot
    /// stand beside them and is kept alone. With kMostKeptQueries kept already nothing changes, and refused() says so.
    void addOrRemoveQuery(const AxisPosition& query);
    /// Keeps a token alone; silent when it is already.
    void keepQuery(const AxisPosition& query);
    /// Keeps a patch or token of the current map's key axis, or lets go of it.
    void toggleKey(std::int64_t key);
    /// Lets go of every kept token and patch.
    void release();
    /// Shows another group at the same layer and head where they exist.
    void selectGroup(const std::string& group);
    /// Shows another layer (site) and head of the group that is shown now.
    void selectHead(std::size_t site, HeadChoice head);
    /// Shows several heads as one map, in the group that is shown now or the first that holds them; `site` and `head`
    /// stay the current ones when they are members, else the last member is.
    void selectSet(const HeadSet& set);
    /// What a list of heads says when some of them are chosen: one is a head, several are a set in the order of layers
    /// (the mean over a layer is no member of a set), none changes nothing.
    void selectHeads(std::vector<SiteHead> heads, Reduction reduction);
    /// The first step of a composed map.
    void selectFirstFactor(const MapChoice::Factor& first);

    /// The map in sight: the hovered token's before the kept one's. Absent without a capture with attention in it.
    std::optional<ShownMap> shown() const;
    /// Why the hovered token has no map: the capture lacks its row. Empty where that is not so.
    QString reasonForNoRow() const;
    /// The key asked about, on the key axis of the shown map: hovered before kept.
    std::optional<std::int64_t> shownKey() const;

signals:
    void captureChanged();
    void selectionChanged(const heedmap::Selection& previous);
    void hoverChanged();
    void pictureChanged();
    void recordingChanged();
    void speechChanged();
    void headSetsChanged();
    void refused(const QString& message); ///< a sentence for the user: why a wish was not followed

private:
    /// False, and refused() says why, for a row that the capture does not hold.
    bool checkHeld(const AxisPosition& query);
    Selection selectionOfShownGroup(const ShownMap& shown) const;
    std::optional<Selection> selectionOnAxis(const std::string& axis) const;

    std::shared_ptr<const Capture> m_capture;
    Selection m_selection;
    Hover m_hover;
    QImage m_picture;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const Capture> m_speech;
    std::shared_ptr<const Chain> m_openedChain;
    std::vector<SavedHeadSet> m_headSets;
};

} // namespace heedmap
